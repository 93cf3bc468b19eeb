import { isTableName, tables, type TableName } from './tables.ts';
import { readParent, readReferences } from '@exact-spotter/singer';

/**
 * A `reference` can be joined, but not every row has a match, because the API omits some rows. The
 * rows of a table with a `parent` are the elements of an array in the parent's records. They are
 * replaced or deleted together with the parent's record.
 */
export interface Relationship {
  readonly kind: 'reference' | 'parent';
  readonly table: TableName;
  /** The referenced table, or the parent. */
  readonly to: TableName;
  /** Column of `table` → column of `to`. */
  readonly columns: Readonly<Record<string, string>>;
}

const names = Object.keys(tables).filter(isTableName);

/** The references of all tables, followed by the parents of the child tables. */
export const relationships: readonly Relationship[] = [
  ...names.flatMap(referencesOf),
  ...names.flatMap(parentOf),
];

/** Returns the tables whose parent is this table. */
export function childrenOf(name: TableName): readonly TableName[] {
  return relationships
    .filter(({ kind, to }) => kind === 'parent' && to === name)
    .map(({ table }) => table);
}

function referencesOf(table: TableName): Relationship[] {
  return [...readReferences(tables[table])].map(([column, target]) => ({
    kind: 'reference',
    table,
    to: tableName(target.table, table),
    columns: { [column]: target.column },
  }));
}

function parentOf(table: TableName): Relationship[] {
  const parent = readParent(tables[table]);
  if (!parent) return [];
  const { columns } = parent;
  return [{ kind: 'parent', table, to: tableName(parent.table, table), columns }];
}

function tableName(name: string, referrer: TableName): TableName {
  if (isTableName(name)) return name;
  throw new Error(
    `tables/${referrer}.json refers to ${name}, which is not in the list of tables: correct the name.`,
  );
}
