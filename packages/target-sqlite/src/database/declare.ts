import { InputError } from '@exact-spotter/singer';
import { declaredType, type ColumnType } from '../column-types.ts';
import { METADATA_COLUMNS, type MetadataColumn } from '../metadata-columns.ts';
import type { StreamSchema } from '../stream-schema.ts';
import { applyChange, holdsLongIntegers } from './apply-change.ts';
import { describeTable } from './describe.ts';
import { knownColumns, nameColumns, noteColumn, noteStream, tableOf } from './name-map.ts';
import { declaredReferences } from './references.ts';
import type { Db } from './sqlite.ts';
import { planChange } from './table-change.ts';
import type { ColumnShape, TableShape } from './table-sql.ts';

export interface DeclareOptions {
  readonly prefix: string;
  readonly foreignKeys: boolean;
  readonly metadata: readonly MetadataColumn[];
  /** Properties that met a value which their column cannot hold: it becomes untyped. */
  readonly untyped: ReadonlySet<string>;
  readonly line: number;
}

/** A property and the column that it fills. */
export interface BoundColumn {
  readonly property: string;
  readonly column: string;
  readonly type: ColumnType;
}

/** A stream's table, ready to be written. */
export interface DeclaredTable {
  readonly table: string;
  readonly columns: readonly BoundColumn[];
  readonly metadata: readonly MetadataColumn[];
  /** Names of columns. */
  readonly key: readonly string[];
  /** Columns of properties that are no longer sent. */
  readonly unsent: readonly string[];
}

const MOST_COLUMNS = 2000;

/**
 * Makes or changes the table of a stream so that it holds what the schema says, and notes it; to
 * be called inside a transaction.
 * @throws InputError for more columns than SQLite can hold
 */
export function declareTable(db: Db, schema: StreamSchema, options: DeclareOptions): DeclaredTable {
  const table = tableOf(db, options.prefix, schema.stream);
  const known = knownColumns(db, table);
  const types = new Map([...known.values()].map(({ column, type }) => [column, type]));
  const standing = describeTable(db, table, types);
  const names = nameColumns(
    schema.properties.map(({ name }) => name),
    known,
    standing?.columns.map(({ name }) => name) ?? [],
  );
  const wanted = wantedTable(db, table, schema, names, options);
  const change = planChange(standing, keepDigits(db, standing, wanted));
  refuseTooMany(schema, change.to, options.line);
  applyChange(db, change);
  noteStream(db, { ...schema, table, prefix: options.prefix });
  const columns = boundColumns(schema, names, change.to);
  for (const column of columns) {
    if (known.get(column.property.toWellFormed())?.type !== column.type)
      noteColumn(db, { ...column, stream: schema.stream, table });
  }
  const sent = new Set(names.values());
  return {
    table,
    columns,
    metadata: options.metadata,
    key: wanted.key,
    unsent: [...types.keys()].filter((name) => !sent.has(name)),
  };
}

function wantedTable(
  db: Db,
  table: string,
  schema: StreamSchema,
  names: ReadonlyMap<string, string>,
  { prefix, foreignKeys, metadata, untyped }: DeclareOptions,
): TableShape {
  const named = (property: string): string => names.get(property) ?? property;
  const columns = schema.properties.map(({ name, column }) =>
    shape(named(name), untyped.has(name) ? 'any' : column),
  );
  return {
    name: table,
    columns: [...columns, ...metadata.map((name) => shape(name, METADATA_COLUMNS[name].type))],
    key: schema.key.map(named),
    references: foreignKeys ? declaredReferences(db, prefix, schema, names) : [],
  };
}

function shape(name: string, type: ColumnType): ColumnShape {
  return { name, type, declared: declaredType(type) };
}

/** A whole number past 2^53 would lose digits in a column of doubles: such a column goes untyped. */
function keepDigits(db: Db, standing: TableShape | undefined, wanted: TableShape): TableShape {
  const integers = new Set(
    standing?.columns.filter(({ type }) => type === 'integer').map(({ name }) => name),
  );
  const columns = wanted.columns.map((column) =>
    column.type === 'number' &&
    integers.has(column.name) &&
    holdsLongIntegers(db, wanted.name, column.name)
      ? shape(column.name, 'any')
      : column,
  );
  return { ...wanted, columns };
}

function refuseTooMany({ stream }: StreamSchema, { columns }: TableShape, line: number): void {
  if (columns.length <= MOST_COLUMNS) return;
  throw new InputError(
    `the table would have ${columns.length} columns, our own included, and SQLite holds ${MOST_COLUMNS}: select fewer columns in the tap's catalog.`,
    { line, stream },
  );
}

function boundColumns(
  { properties }: StreamSchema,
  names: ReadonlyMap<string, string>,
  { columns }: TableShape,
): BoundColumn[] {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  return properties.map(({ name: property }) => {
    const column = names.get(property) ?? property;
    return { property, column, type: types.get(column) ?? 'any' };
  });
}
