import { isTableName, tables, type TableName } from './tables.ts';
import { readParent, readReferences } from '@exact-spotter/singer';

/**
 * `reference`: a column holds another table's value; a join, not a promise, since the API leaves
 * gaps. `parent`: the rows are elements of the other table's records, and come and go with them.
 */
export interface Relationship {
  readonly kind: 'reference' | 'parent';
  readonly table: TableName;
  /** The table that is referred to, or the parent. */
  readonly to: TableName;
  /** The table's own column → the other table's column. */
  readonly columns: Readonly<Record<string, string>>;
}

const names = Object.keys(tables).filter(isTableName);

/** All 28: the references of every table, then the child tables' parents. */
export const relationships: readonly Relationship[] = [
  ...names.flatMap(referencesOf),
  ...names.flatMap(parentOf),
];

/** The tables whose rows are elements of this table's records. */
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
    `tables/${referrer}.json refers to ${name}, which is no table: correct the name.`,
  );
}
