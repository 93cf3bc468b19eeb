import type { JsonRecord, JsonSchema, JsonValue } from '@exact-spotter/singer';
import { compileExpression, type Names } from './expression/compile.ts';
import type { Compiled } from './expression/value.ts';
import { kindOf, kindsOf, propertiesOf, schemaOfKind, withNull } from './schema.ts';
import type { StreamMap } from './stream-map.ts';
import { asJson, ExpressionFault, isTruthy, textOf } from './expression/value.ts';

/** Why the map of a column, or an option of a map, cannot be used. */
export class ColumnFault extends Error {
  override readonly name = 'ColumnFault';
  readonly column: string;

  constructor(column: string, cause: ExpressionFault) {
    super(cause.message, { cause });
    this.column = column;
  }
}

/** A stream's columns behind its map. */
export interface MappedColumns {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Where the columns of the source have gone to, as far as they are handed on as they are. */
  readonly copies: ReadonlyMap<string, string>;
  /** @returns nothing for a record that the filter keeps out */
  readonly map: (record: JsonRecord) => JsonRecord | undefined;
}

interface MappedColumn {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly compiled: Compiled;
  /** The column of the source that is handed on as it is. */
  readonly copied?: string | undefined;
  /** True where a text is declared, and the expression may give something else. */
  readonly asText: boolean;
}

/**
 * @param kept the columns that stay where the map keeps only what it names
 * @throws ColumnFault
 */
export function mapColumns(
  map: StreamMap,
  schema: JsonSchema,
  kept: readonly string[],
  names: Omit<Names, 'columns' | 'selfKind'>,
): MappedColumns {
  const source = propertiesOf(schema);
  const columns = new Map(Object.entries(source).map(([name, given]) => [name, kindOf(given)]));
  const known = { ...names, columns };
  const made = [...map.columns].flatMap(([name, expression]) =>
    expression === null ? [] : [mapColumn(name, expression, source, known)],
  );
  const stays = (name: string): boolean =>
    !map.columns.has(name) && (!map.onlyNamed || kept.includes(name) || name.startsWith('_sdc_'));
  const filter = map.filter === undefined ? undefined : compileFilter(map.filter, known);
  const untouched = Object.entries(source).filter(([name]) => stays(name) || hasColumn(made, name));
  return {
    properties: Object.fromEntries([
      ...untouched,
      ...made.map(({ name, schema: own }) => [name, own] as const),
    ]),
    copies: findCopies(Object.keys(source), stays, made),
    map: (record) => (passes(filter, record) ? mapRecord(record, stays, made) : undefined),
  };
}

function hasColumn(made: readonly MappedColumn[], name: string): boolean {
  return made.some((column) => column.name === name);
}

function mapColumn(
  name: string,
  expression: string,
  source: Readonly<Record<string, JsonSchema>>,
  names: Names,
): MappedColumn {
  const before = Object.hasOwn(source, name) ? source[name] : undefined;
  const compiled = inColumn(name, () =>
    compileExpression(expression, { ...names, selfKind: before && kindOf(before) }),
  );
  const { column } = compiled;
  const copied = column !== undefined && Object.hasOwn(source, column) ? column : undefined;
  const handedOn = copied === undefined ? undefined : source[copied];
  if (handedOn) return { name, compiled, copied, schema: handedOn, asText: false };
  return { name, compiled, ...schemaOf(compiled, before) };
}

/**
 * What the expression is sure to give counts first, then what the column was before; a text
 * otherwise, and then it is made one.
 */
function schemaOf(
  { kind }: Compiled,
  before: JsonSchema | undefined,
): Pick<MappedColumn, 'schema' | 'asText'> {
  if (kind !== undefined)
    return { schema: { ...told(before), ...schemaOfKind(kind) }, asText: false };
  if (!before) return { schema: schemaOfKind('string'), asText: true };
  return {
    schema: withNull(before),
    asText: kindsOf(before).every((one) => one === 'string' || one === 'null'),
  };
}

function told(schema: JsonSchema | undefined): JsonSchema {
  const entries = Object.entries(schema ?? {});
  return Object.fromEntries(entries.filter(([word]) => word === 'title' || word === 'description'));
}

function findCopies(
  source: readonly string[],
  stays: (name: string) => boolean,
  made: readonly MappedColumn[],
): Map<string, string> {
  const found = source.flatMap((name): [string, string][] => {
    if (stays(name)) return [[name, name]];
    const copies = made.filter(({ copied }) => copied === name);
    const own = copies.find((copy) => copy.name === name) ?? copies[0];
    return own ? [[name, own.name]] : [];
  });
  return new Map(found);
}

function compileFilter(filter: string, names: Names): Compiled {
  return inColumn('__filter__', () => compileExpression(filter, names));
}

function passes(filter: Compiled | undefined, record: JsonRecord): boolean {
  if (!filter) return true;
  const value = inColumn('__filter__', () => filter.run({ record, self: null }));
  return isTruthy(value);
}

function mapRecord(
  record: JsonRecord,
  stays: (name: string) => boolean,
  made: readonly MappedColumn[],
): JsonRecord {
  const cells: [string, JsonValue][] = Object.entries(record).filter(([name]) => stays(name));
  for (const column of made) {
    // What a record lacks it lacks under another name too: its schema may not allow null.
    const { copied } = column;
    if (copied === undefined || Object.hasOwn(record, copied)) {
      cells.push([column.name, cell(column, record)]);
    }
  }
  return Object.fromEntries(cells);
}

function cell({ name, compiled, asText }: MappedColumn, record: JsonRecord): JsonValue {
  const self = Object.hasOwn(record, name) ? (record[name] ?? null) : null;
  const value = inColumn(name, () => compiled.run({ record, self }));
  return asText && value !== null ? textOf(value) : asJson(value);
}

function inColumn<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (fault) {
    if (fault instanceof ExpressionFault) throw new ColumnFault(name, fault);
    throw fault;
  }
}
