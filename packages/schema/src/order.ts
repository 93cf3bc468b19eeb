import { childrenOf, relationships } from './relationships.ts';
import { isTableName, tables, type TableName } from './tables.ts';

/**
 * All tables in loading order: a table follows the tables it refers to, and child tables directly
 * follow their parent. Tables that refer to each other in a cycle keep the order of {@link tables}.
 */
export const tableNames: readonly TableName[] = loadingOrder();

function loadingOrder(): TableName[] {
  const roots = new Set<TableName>();
  const place = (root: TableName, ancestors: ReadonlySet<TableName>): void => {
    if (roots.has(root) || ancestors.has(root)) return;
    for (const other of rootsReferredTo(root)) place(other, new Set([...ancestors, root]));
    roots.add(root);
  };
  for (const name of Object.keys(tables).filter(isTableName)) place(rootOf(name), new Set());
  return [...roots].flatMap(family);
}

/** Returns the roots of the other families that the tables of this family refer to. */
function rootsReferredTo(root: TableName): TableName[] {
  const members = family(root);
  return relationships
    .filter(({ table }) => members.includes(table))
    .map(({ to }) => rootOf(to))
    .filter((other) => other !== root);
}

/** Returns a table and all its descendants. */
function family(name: TableName): TableName[] {
  return [name, ...childrenOf(name).flatMap(family)];
}

function rootOf(name: TableName): TableName {
  const parent = relationships.find(({ kind, table }) => kind === 'parent' && table === name);
  return parent ? rootOf(parent.to) : name;
}
