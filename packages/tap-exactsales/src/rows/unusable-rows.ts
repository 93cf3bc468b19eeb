import type { TableName } from '@exact-spotter/schema';
import { quantity } from '../text.ts';

/** Collects, by stream, the rows that cannot be sent because they have no usable key. */
export class UnusableRows {
  readonly #found = new Map<TableName, { rows: number; readonly first: string }>();

  /** @param place where the row is, e.g. `row 17 of /Leads`; never contains a value of the row */
  note(stream: TableName, place: string): void {
    const found = this.#found.get(stream);
    if (found) found.rows += 1;
    else this.#found.set(stream, { rows: 1, first: place });
  }

  get streams(): readonly TableName[] {
    return [...this.#found.keys()];
  }

  has(stream: TableName): boolean {
    return this.#found.has(stream);
  }

  /** Returns one sentence per stream. */
  sentences(): string[] {
    return [...this.#found].map(([stream, { rows, first }]) => {
      const where = rows === 1 ? `it is ${first}` : `the first is ${first}`;
      return `${stream}: could not send ${quantity(rows, 'row')} without a usable key; ${where}.`;
    });
  }
}
