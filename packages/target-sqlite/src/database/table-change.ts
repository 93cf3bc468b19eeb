import { affinity, declaredType, widen } from './columns.ts';
import { foldCase, NameSet } from './names.ts';
import { describeTable, takenNames } from './introspect.ts';
import { rebuild } from './rebuild.ts';
import type { Db } from './sqlite.ts';
import {
  addColumnSql,
  createIndexSql,
  createTableSql,
  type ColumnShape,
  type ReferenceShape,
  type TableShape,
} from './ddl.ts';

/** How a table must be changed to fit a schema. */
export interface TableChange {
  readonly kind: 'none' | 'create' | 'add' | 'rebuild';
  /** The existing table; undefined if it must be created. */
  readonly from?: TableShape;
  /** The table after the change. */
  readonly to: TableShape;
}

/** Merges an existing table with the wanted table: no column is dropped, and types only widen. */
export function planChange(from: TableShape | undefined, wanted: TableShape): TableChange {
  if (!from) return { kind: 'create', to: wanted };
  const to = join(from, wanted);
  if (mustRebuild(from, to)) return { kind: 'rebuild', from, to };
  return { kind: to.columns.length > from.columns.length ? 'add' : 'none', from, to };
}

/** Applies a change. Joins the open transaction. */
export function applyChange(db: Db, { kind, from, to }: TableChange): void {
  if (kind === 'create') db.exec(createTableSql(to));
  if (kind === 'rebuild' && from) rebuild(db, from, to);
  if (kind === 'add') {
    const added = to.columns.slice(from?.columns.length ?? 0);
    for (const column of added) db.exec(addColumnSql(to.name, column));
  }
}

/** Adds a column if the table does not have it. */
export function ensureColumn(db: Db, table: string, column: ColumnShape): void {
  const existing = describeTable(db, table, new Map())?.columns.map(({ name }) => name) ?? [];
  if (!new NameSet(existing).has(column.name)) db.exec(addColumnSql(table, column));
}

function join(from: TableShape, wanted: TableShape): TableShape {
  // In an existing table, metadata columns may be upper case. All other names match exactly.
  const wantedByName = new Map(wanted.columns.map((column) => [foldCase(column.name), column]));
  const existing = from.columns.map((column) =>
    widened(column, wantedByName.get(foldCase(column.name))),
  );
  const names = new NameSet(from.columns.map(({ name }) => name));
  return {
    name: from.name,
    columns: [...existing, ...wanted.columns.filter(({ name }) => !names.has(name))],
    key: wanted.key,
    references: [...from.references, ...newReferences(from, wanted)],
  };
}

function widened(from: ColumnShape, wanted: ColumnShape | undefined): ColumnShape {
  if (!wanted) return withoutNotNull(from);
  const type = widen(from.type, wanted.type);
  const declared = declaredType(type);
  const same = affinity(declared) === affinity(from.declared);
  const { name, byDefault } = from;
  return {
    name,
    type,
    declared: same ? from.declared : declared,
    ...(byDefault !== undefined && { byDefault }),
  };
}

/**
 * The target inserts no values into columns that the stream lacks, so these columns need a default
 * or must allow null.
 */
function withoutNotNull(from: ColumnShape): ColumnShape {
  if (from.notNull !== true || from.byDefault !== undefined) return from;
  return { name: from.name, type: from.type, declared: from.declared };
}

function newReferences(from: TableShape, wanted: TableShape): readonly ReferenceShape[] {
  const existing = new Set(from.references.map(referenceText));
  return wanted.references.filter((reference) => !existing.has(referenceText(reference)));
}

function referenceText({ columns, table, to }: ReferenceShape): string {
  return JSON.stringify([columns, table, to]);
}

/** SQLite can add columns to a table. Every other change needs a rebuild. */
function mustRebuild(from: TableShape, to: TableShape): boolean {
  const changed = from.columns.some(
    ({ declared, notNull }, index) =>
      declared !== to.columns[index]?.declared || notNull !== to.columns[index].notNull,
  );
  return (
    changed ||
    (from.isStrict === true && to.columns.length > from.columns.length) ||
    JSON.stringify(from.key) !== JSON.stringify(to.key) ||
    from.references.length !== to.references.length
  );
}

/** Describes the exact difference in words. */
export function describeChange({ from, to }: TableChange): string {
  const existing = new Map(from?.columns.map((column) => [column.name, column]));
  const parts = to.columns.flatMap((column) => {
    const old = existing.get(column.name);
    if (!old) return [`new column "${column.name}" ${typeText(column)}`];
    const types = old.declared !== column.declared;
    if (types) return [`column "${column.name}" from ${typeText(old)} to ${typeText(column)}`];
    return old.notNull === column.notNull ? [] : [`column "${column.name}" may be null`];
  });
  const [oldKey, newKey] = [keyText(from?.key), keyText(to.key)];
  if (oldKey !== newKey) parts.push(`key from ${oldKey} to ${newKey}`);
  for (const { columns, table } of to.references.slice(from?.references.length ?? 0)) {
    parts.push(`new relationship of ${keyText(columns)} to "${table}"`);
  }
  return parts.join('; ');
}

function typeText({ declared }: ColumnShape): string {
  return declared === '' ? 'untyped' : declared;
}

function keyText(key: readonly string[] = []): string {
  return key.length === 0 ? 'none' : `(${key.map((name) => `"${name}"`).join(', ')})`;
}

/** Creates an index on columns of a table unless an existing index or the key begins with these columns. */
export function indexColumns(db: Db, table: string, columns: readonly string[]): void {
  if (indexes(db, table).some((existing) => columns.every((name, at) => existing[at] === name))) {
    return;
  }
  // Indexes share a namespace with tables, so the name must be one that a stream is unlikely to have.
  const name = new NameSet(takenNames(db)).claim(`ix_${table}_${columns.join('_')}`);
  db.exec(createIndexSql(name, table, columns));
}

/** Returns the columns of the table's key and of each of its indexes, in order. */
function indexes(db: Db, table: string): string[][] {
  const rows = db
    .prepare<[string], { readonly name: string; readonly column: string }>(
      `SELECT list.name, info.name AS "column" FROM pragma_index_list(?) AS list
       JOIN pragma_index_info(list.name) AS info WHERE list.partial = 0 ORDER BY list.seq, info.seqno`,
    )
    .all(table);
  const key = db
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(table);
  const byIndex = Map.groupBy(rows, ({ name }) => name);
  return [key, ...[...byIndex.values()].map((parts) => parts.map(({ column }) => column))];
}
