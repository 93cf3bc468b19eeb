import type { Parent, Reference } from '@exact-spotter/singer';
import { knownColumns, knownTable, notedName } from '../bookkeeping/streams.ts';
import type { ReferenceShape } from './ddl.ts';
import { usableColumnName, usableTableName } from './names.ts';
import type { Db } from './sqlite.ts';

/** The references of a stream to other streams, according to its schema. */
interface Relationships {
  /** Property → the column that it refers to. */
  readonly references: ReadonlyMap<string, Reference>;
  readonly parent?: Parent;
}

/** Returns the relationships of a schema (`x-references`, `x-parent`) as foreign keys. */
export function declaredReferences(
  db: Db,
  prefix: string,
  { references, parent }: Relationships,
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

/** Returns the table that a relationship refers to. The table may not exist yet. */
function referredTable(db: Db, prefix: string, stream: string): string {
  return knownTable(db, prefix, stream) ?? usableTableName(prefix, stream);
}

function referredColumn(db: Db, table: string, property: string): string {
  return knownColumns(db, table).get(notedName(property))?.column ?? usableColumnName(property);
}
