import type { StreamSchema } from '../stream-schema.ts';
import { referredColumn, referredTable } from './name-map.ts';
import type { Db } from './sqlite.ts';
import type { ReferenceShape } from './table-sql.ts';

/**
 * The relationships that a schema names (`x-references`, `x-parent`), in the names of tables and
 * columns.
 */
export function declaredReferences(
  db: Db,
  prefix: string,
  { references, parent }: StreamSchema,
  names: ReadonlyMap<string, string>,
): ReferenceShape[] {
  const found: ReferenceShape[] = [];
  const add = (stream: string, pairs: readonly (readonly [string, string])[]): void => {
    const table = referredTable(db, prefix, stream);
    const columns = pairs
      .map(([property]) => names.get(property))
      .filter((name) => name !== undefined);
    const to = pairs.map(([, property]) => referredColumn(db, table, property));
    if (columns.length === pairs.length) found.push({ columns, table, to });
  };
  for (const [property, { table, column }] of references) add(table, [[property, column]]);
  if (parent) add(parent.table, Object.entries(parent.columns));
  return [...new Map(found.map((reference) => [JSON.stringify(reference), reference])).values()];
}
