import { closeSync, openSync, writeSync } from 'node:fs';
import { recordLine, schemaLine, stateLine, stdoutOutput } from '@exact-spotter/singer';
import { millisecondsInDay } from 'date-fns/constants';

/**
 * Generates a stream of leads with 42 mixed columns and about 1,250 bytes per line. The values include
 * accents, nulls, doubles and dates. They are computed from the lead's ID, so every reader receives the
 * same rows. For streams that are too long for a file, `lead-lines.ts COUNT` writes to stdout.
 */
type Make = (id: number) => unknown;

const CITIES = ['São Paulo', 'Curitiba', 'Belo Horizonte', 'Recife', 'Florianópolis', 'Goiânia'];
const STAGES = ['Entrada', 'Filtro 1', 'Filtro 2', 'Agendados', 'Vendidos', 'Descartado'];

const integers = (count: number): Record<string, Make> =>
  columns('number', count, (id, at) =>
    at === 0 && id % 7 === 0 ? null : (id * 31 + at * 977) % 900_001,
  );
const doubles = (count: number): Record<string, Make> =>
  columns('value', count, (id, at) => ((id * 37 + at * 101) % 1_000_000) / 100);
const flags = (count: number): Record<string, Make> =>
  columns('flag', count, (id, at) => (id + at) % 3 === 0);
const dates = (count: number): Record<string, Make> =>
  columns('date', count, (id, at) =>
    new Date(1.6e12 + id * 61_000 + at * millisecondsInDay).toISOString(),
  );
const strings = (count: number): Record<string, Make> =>
  columns('text', count, (id, at) =>
    at % 6 === 5 && id % 3 === 0 ? null : `texto ${at} de ${id * 7919 + at}`,
  );

function columns(
  name: string,
  count: number,
  make: (id: number, at: number) => unknown,
): Record<string, Make> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at): [string, Make] => [
      `${name}_${at}`,
      (id) => make(id, at),
    ]),
  );
}

const MAKERS: Readonly<Record<string, Make>> = {
  id: (id) => id,
  ...integers(7),
  ...doubles(4),
  ...flags(3),
  ...dates(5),
  ...strings(16),
  lead: (id) => `Padaria Sol Nascente ${id} Comércio e Indústria Ltda.`,
  city: (id) => CITIES[id % CITIES.length],
  stage: (id) => STAGES[id % STAGES.length],
  email: (id) => `contato.${id}@padaria-sol-nascente.example.com`,
  link: (id) => `https://app.example.com/leads/${id}/detalhes?origem=site`,
  description: (id) => `Indicada pela feira de março, pediu retorno na semana que vem; nota ${id}.`,
};

const TYPES: Readonly<Record<string, object>> = {
  number: { type: ['null', 'integer'] },
  value: { type: ['null', 'number'] },
  flag: { type: ['null', 'boolean'] },
  date: { type: ['null', 'string'], format: 'date-time' },
};

function typeOf(name: string): object {
  if (name === 'id') return { type: 'integer' };
  return TYPES[name.split('_')[0] ?? ''] ?? { type: ['null', 'string'] };
}

const LEAD_COLUMNS: readonly string[] = Object.keys(MAKERS);

export function leadsSchema(): string {
  const properties = Object.fromEntries(LEAD_COLUMNS.map((name) => [name, typeOf(name)]));
  return schemaLine('leads', { type: 'object', properties }, ['id']);
}

export function leadLine(id: number): string {
  const record = Object.fromEntries(Object.entries(MAKERS).map(([name, make]) => [name, make(id)]));
  return recordLine('leads', record, { timeExtracted: '2026-11-24T05:00:00.000000Z' });
}

/** Number of rows between two STATEs, as if a tap read pages of 500 rows. */
const PAGE = 500;

/** Writes a file of leads, with a STATE after each page. */
export function writeLeads(path: string, count: number): void {
  const file = openSync(path, 'w');
  for (const text of pages(count)) writeSync(file, text);
  closeSync(file);
}

function* pages(count: number): Generator<string> {
  yield leadsSchema();
  for (let first = 1; first <= count; first += PAGE) {
    const last = Math.min(first + PAGE - 1, count);
    let text = '';
    for (let id = first; id <= last; id += 1) text += leadLine(id);
    yield text + stateLine({ bookmarks: { leads: { id: last } } });
  }
}

if (import.meta.main) {
  const output = stdoutOutput();
  for (const text of pages(Number(process.argv[2]))) await output.write(text);
  await output.flush();
}
