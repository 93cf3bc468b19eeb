import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { recordLine, schemaLine, stateLine } from '@exact-spotter/singer';
import type { Figure, Measured, Skipped } from './figure.ts';
import { median } from './interleave.ts';
import { buildFloor } from './floor.ts';
import { writeLeads } from './leads.ts';
import { inFolder, run } from './process.ts';
import { targetCommand } from './target.ts';

const PARENTS = 200_000;
const CHILDREN_EACH = 5;
const FLOOR_ROWS = 200_000;
const ROUNDS = 3;

/** Rows of a child table: orders, each with items in a table of their own. */
export const targetChildren: Figure = {
  name: 'target-children',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const floor = buildFloor();
  if ('missing' in floor) return [{ what: 'items of orders', skipped: floor.missing }];
  const [orders, leads] = [join(folder, 'orders.singer'), join(folder, 'leads.singer')];
  writeOrders(orders);
  writeLeads(leads, FLOOR_ROWS);
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rmSync(join(folder, 'data.sqlite'), { force: true });
    rmSync(join(folder, 'floor.sqlite'), { force: true });
    const own = await run(process.execPath, targetCommand(folder), ['cat', orders]);
    const least = await run(floor.program, [join(folder, 'floor.sqlite'), '5000'], ['cat', leads]);
    const rate = (PARENTS * CHILDREN_EACH) / own.seconds;
    rates.push(rate);
    ratios.push(rate / (FLOOR_ROWS / least.seconds));
  }
  return [
    {
      what: "items a second ÷ the floor's leads a second",
      value: median(ratios),
      unit: '×',
      reach: { atLeast: 0.35 },
      detail: `${Math.round(median(rates))} items a second`,
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
