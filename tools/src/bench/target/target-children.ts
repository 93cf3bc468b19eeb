import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { recordLine, schemaLine, stateLine } from '@exact-spotter/singer';
import { buildBaseline } from './baseline.ts';
import type { Figure, Measured, Skipped } from '../figure.ts';
import { median } from '../interleave.ts';
import { writeLeads } from './lead-lines.ts';
import { inFolder, removeDatabase, runPipe, targetCommand } from '../processes.ts';

const PARENTS = 200_000;
const CHILDREN_EACH = 5;
const BASELINE_ROWS = 200_000;
const ROUNDS = 3;

/** Measures how fast the target loads a child table, using orders with items. */
export const targetChildren: Figure = {
  name: 'target-children',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const baseline = buildBaseline();
  if ('missing' in baseline) return [{ what: 'order items', skipped: baseline.missing }];
  const [orders, leads] = [join(folder, 'orders.singer'), join(folder, 'leads.singer')];
  writeOrders(orders);
  writeLeads(leads, BASELINE_ROWS);
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    removeDatabase(folder);
    rmSync(join(folder, 'baseline.sqlite'), { force: true });
    const own = await runPipe(['cat', orders], targetCommand(folder));
    const least = await runPipe(
      ['cat', leads],
      [baseline.program, join(folder, 'baseline.sqlite'), '5000'],
    );
    const rate = (PARENTS * CHILDREN_EACH) / own;
    rates.push(rate * 1000);
    ratios.push(rate / (BASELINE_ROWS / least));
  }
  return [
    {
      what: "items per second ÷ the baseline's leads per second",
      value: median(ratios),
      unit: '×',
      limit: { atLeast: 0.35 },
      detail: `${Math.round(median(rates))} items per second`,
    },
  ];
}

function writeOrders(path: string): void {
  const file = openSync(path, 'w');
  const integer = { type: 'integer' };
  const text = { type: ['null', 'string'] };
  const number = { type: ['null', 'number'] };
  writeSync(
    file,
    schemaLine(
      'orders',
      { type: 'object', properties: { id: integer, customer: text, at: text } },
      ['id'],
    ),
  );
  writeSync(
    file,
    schemaLine(
      'items',
      {
        type: 'object',
        properties: { order_id: integer, position: integer, name: text, price: number },
        'x-parent': { table: 'orders', array: 'items', columns: { order_id: 'id' } },
      },
      ['order_id', 'position'],
    ),
  );
  for (let id = 1; id <= PARENTS; id += 1) {
    let lines = recordLine('orders', { id, customer: `Cliente ${id}`, at: '2026-11-24T05:00:00Z' });
    for (let position = 0; position < CHILDREN_EACH; position += 1) {
      lines += recordLine('items', {
        order_id: id,
        position,
        name: `Produto ${position}`,
        price: (id % 9999) / 100,
      });
    }
    writeSync(file, id % 500 === 0 ? lines + stateLine({ orders: id }) : lines);
  }
  closeSync(file);
}
