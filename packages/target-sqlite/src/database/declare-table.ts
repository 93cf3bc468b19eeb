import { InputError, type JsonSchema, type Parent, type Reference } from '@exact-spotter/singer';
import {
  knownColumns,
  noteColumn,
  notedName,
  noteStream,
  type KnownColumn,
} from '../bookkeeping/streams.ts';
import {
  declaredType,
  DELETED_AT,
  METADATA_COLUMNS,
  type ColumnType,
  type MetadataColumn,
} from './columns.ts';
import { quote, type ColumnShape, type TableShape } from './ddl.ts';
import { declaredReferences } from './foreign-keys.ts';
import { describeTable, generatedColumns } from './introspect.ts';
import { foldCase, nameColumns, tableOf } from './names.ts';
import type { BoundColumn, DeclaredTable } from './rows.ts';
import type { Db } from './sqlite.ts';
import { stagedName } from './staging.ts';
import {
  applyChange,
  describeChange,
  indexColumns,
  planChange,
  type TableChange,
} from './table-change.ts';

/** The parts of a stream's schema that its table depends on. */
export interface TableSchema {
  readonly stream: string;
  readonly properties: readonly { readonly name: string; readonly column: ColumnType }[];
  /** Property names; empty if the stream has no key. */
  readonly key: readonly string[];
  readonly references: ReadonlyMap<string, Reference>;
  readonly parent?: Parent;
  readonly schema: JsonSchema;
}

export interface DeclareOptions {
  readonly prefix: string;
  readonly foreignKeys: boolean;
  /** True to append every row regardless of its key. */
  readonly appendOnly: boolean;
  /** True to refuse changes to an existing table. */
  readonly freeze: boolean;
  readonly metadata: readonly MetadataColumn[];
  /**
   * Properties whose columns must be untyped, because a typed column would have changed a value.
   */
  readonly untyped: ReadonlySet<string>;
  /** The current columns of the staging table and their types; undefined if rows are not staged. */
  readonly staged: ReadonlyMap<string, ColumnType> | undefined;
  readonly line: number;
}

const MAX_COLUMNS = 2000;

/**
 * Creates the table of a stream, or changes it to fit the stream's schema, and records it in the
 * bookkeeping tables. Joins the open transaction.
 * @throws InputError if the table would have too many columns or the change is not allowed
 */
export function declareTable(db: Db, schema: TableSchema, options: DeclareOptions): DeclaredTable {
  const finalTable = tableOf(db, options.prefix, schema.stream);
  const table = options.staged ? stagedName(finalTable) : finalTable;
  const known = knownColumns(db, finalTable);
  const types = options.staged ?? typesByColumn(known);
  const existing = describeTable(db, table, types);
  const names = nameColumns(
    schema.properties.map(({ name }) => name),
    known,
    existing?.columns.map(({ name }) => name) ?? [],
    generatedColumns(db, table),
  );
  const wanted = wantedTable(db, table, schema, names, options);
  const change = planChange(existing, keepDigits(db, existing, wanted));
  refuseChange(schema, change, options);
  applyChange(db, change);
  const columns = boundColumns(schema, names, change.to);
  noteStream(db, { ...schema, table: finalTable, prefix: options.prefix });
  noteColumns(db, schema.stream, finalTable, columns, known, options.staged === undefined);
  if (schema.parent) indexColumns(db, table, Object.keys(schema.parent.columns).map(name(names)));
  const sent = new Set<string>([...names.values(), ...options.metadata]);
  // If a deleted row reappears, its mark must be removed, even if the row was marked under
  // different settings.
  const existingMark = existing?.columns.some((column) => foldCase(column.name) === DELETED_AT);
  const kept = [...types.keys(), ...(existingMark ? [DELETED_AT] : [])];
  return {
    table,
    finalTable,
    columns,
    metadata: options.metadata,
    key: wanted.key,
    unsent: kept.filter((column) => !sent.has(column)),
  };
}

function typesByColumn(known: ReadonlyMap<string, KnownColumn>): Map<string, ColumnType> {
  return new Map([...known.values()].map(({ column, type }) => [column, type]));
}

function wantedTable(
  db: Db,
  table: string,
  schema: TableSchema,
  names: ReadonlyMap<string, string>,
  { prefix, foreignKeys, appendOnly, metadata, untyped }: DeclareOptions,
): TableShape {
  const columns = schema.properties.map((property) =>
    shape(name(names)(property.name), untyped.has(property.name) ? 'any' : property.column),
  );
  return {
    name: table,
    columns: [...columns, ...metadata.map((own) => shape(own, METADATA_COLUMNS[own].type))],
    key: appendOnly ? [] : schema.key.map(name(names)),
    references: foreignKeys ? declaredReferences(db, prefix, schema, names) : [],
  };
}

function name(names: ReadonlyMap<string, string>): (property: string) => string {
  return (property) => names.get(property) ?? property;
}

function shape(column: string, type: ColumnType): ColumnShape {
  return { name: column, type, declared: declaredType(type) };
}

/** Makes a column untyped if it holds integers past 2^53, which would lose digits in a REAL column. */
function keepDigits(db: Db, existing: TableShape | undefined, wanted: TableShape): TableShape {
  const integers = new Set(
    existing?.columns.filter(({ type }) => type === 'integer').map((column) => column.name),
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

function refuseChange(
  { stream }: TableSchema,
  change: TableChange,
  { line, freeze }: DeclareOptions,
): void {
  const count = change.to.columns.length;
  if (count > MAX_COLUMNS) {
    throw new InputError(
      `the table would have ${count} columns, including the metadata columns, but SQLite allows at most ${MAX_COLUMNS}: select fewer columns in the tap's catalog.`,
      { line, stream },
    );
  }
  if (freeze && (change.kind === 'add' || change.kind === 'rebuild')) {
    throw new InputError(
      `the schema would change the table "${change.to.name}" (${describeChange(change)}), and schema_changes is "freeze": set schema_changes to "evolve", or fix the tap's catalog.`,
      { line, stream },
    );
  }
}

function boundColumns(
  { properties }: TableSchema,
  names: ReadonlyMap<string, string>,
  { columns }: TableShape,
): BoundColumn[] {
  const types = new Map(columns.map((column) => [column.name, column.type]));
  return properties.map(({ name: property }) => {
    const column = names.get(property) ?? property;
    return { property, column, type: types.get(column) ?? 'any' };
  });
}

/** @param all false to record only new columns */
function noteColumns(
  db: Db,
  stream: string,
  table: string,
  columns: readonly BoundColumn[],
  known: ReadonlyMap<string, KnownColumn>,
  all: boolean,
): void {
  for (const column of columns) {
    const noted = known.get(notedName(column.property));
    if (!noted || (all && noted.type !== column.type)) noteColumn(db, { ...column, stream, table });
  }
}

/** True if a column contains an integer that a double may not represent exactly. */
function holdsLongIntegers(db: Db, table: string, column: string): boolean {
  const sql = `SELECT 1 FROM ${quote(table)} WHERE typeof(${quote(column)}) = 'integer'
    AND ${quote(column)} NOT BETWEEN -9007199254740992 AND 9007199254740992 LIMIT 1`;
  return db.prepare(sql).get() !== undefined;
}
