import { childrenOf, relationships } from './relationships.ts';
import { isTableName, tables, type TableName } from './tables.ts';

/**
 * All tables, in the order of loading: a table after those that it refers to, child tables right
 * after their parent. Tables that refer to each other in a circle keep the order of the documents.
 */
export const tableNames: readonly TableName[] = parentsFirst();

function parentsFirst(): TableName[] {
  const families = new Set<TableName>();
  const place = (name: TableName, waiting: ReadonlySet<TableName>): void => {
    if (families.has(name) || waiting.has(name)) return;
    for (const needed of neededBy(name)) place(needed, new Set([...waiting, name]));
    families.add(name);
  };
  for (const name of Object.keys(tables).filter(isTableName)) place(headOf(name), new Set());
  return [...families].flatMap((head) => family(head));
}

/** The heads of the other families that a family's tables refer to. */
function neededBy(head: TableName): TableName[] {
  const members = family(head);
  return relationships
    .filter(({ table }) => members.includes(table))
    .map(({ to }) => headOf(to))
    .filter((other) => other !== head);
}

function family(name: TableName): TableName[] {
  return [name, ...childrenOf(name).flatMap(family)];
}

function headOf(name: TableName): TableName {
  const parent = relationships.find(({ kind, table }) => kind === 'parent' && table === name);
  return parent ? headOf(parent.to) : name;
}
