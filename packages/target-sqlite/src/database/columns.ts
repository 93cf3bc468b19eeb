/**
 * The column types. `declared` is the type in the DDL, which determines how SQLite converts values.
 * An untyped column stores every value exactly as it was bound.
 */
export const COLUMN_TYPES = {
  null: { declared: '', json: 'null', holds: 'NULL' },
  boolean: { declared: 'BOOLEAN', json: 'boolean', holds: '1 for true, 0 for false' },
  integer: { declared: 'INTEGER', json: 'integer', holds: '64-bit integers' },
  number: { declared: 'REAL', json: 'number', holds: 'doubles' },
  date: { declared: 'TEXT', json: 'string, format date', holds: 'the string, unchanged' },
  'date-time': {
    declared: 'TEXT',
    json: 'string, format date-time',
    holds: 'the string, unchanged',
  },
  time: { declared: 'TEXT', json: 'string, format time', holds: 'the string, unchanged' },
  json: {
    declared: 'TEXT',
    json: 'object or array',
    holds: 'JSON text with the same digits and key order',
  },
  text: {
    declared: 'TEXT',
    json: 'string, or several types that include string, object or array',
    holds: 'the string, unchanged; other values as JSON text',
  },
  any: {
    declared: '',
    json: 'no type, or a number that SQLite cannot hold exactly',
    holds:
      'integers, doubles and text; a number that SQLite cannot hold exactly becomes text with the same digits',
  },
} as const satisfies Record<string, { declared: string; json: string; holds: string }>;

export type ColumnType = keyof typeof COLUMN_TYPES;

export function declaredType(type: ColumnType): string {
  return COLUMN_TYPES[type].declared;
}

/** True if the column stores every value as text. */
export function isTextual(type: ColumnType): boolean {
  return COLUMN_TYPES[type].declared === 'TEXT';
}

/** Returns the narrowest type that can hold the values of both types. The order is null, boolean, integer, number, text, any. */
export function widen(one: ColumnType, other: ColumnType): ColumnType {
  if (one === other || other === 'null') return one;
  if (one === 'null') return other;
  if (one === 'any' || other === 'any') return 'any';
  const order: readonly ColumnType[] = ['boolean', 'integer', 'number'];
  const rank = Math.max(order.indexOf(one), order.indexOf(other));
  return order.includes(one) && order.includes(other) ? (order[rank] ?? 'any') : 'text';
}

/** Derives the type of a column from its DDL if the type is not recorded in `_singer_columns`. */
export function typeOfDeclared(declared: string): ColumnType {
  const name = declared.toUpperCase();
  if (name === '') return 'any';
  if (name.startsWith('BOOL')) return 'boolean';
  const stored = affinity(declared);
  if (stored === 'INTEGER') return 'integer';
  // SQLite gives date columns numeric affinity, but dates are written as text.
  if (stored === 'TEXT' || /DATE|TIME|JSON/.test(name)) return 'text';
  return stored === 'REAL' || /NUM|DEC/.test(name) ? 'number' : 'any';
}

/**
 * Determines from the type in the DDL how SQLite converts the values of a column.
 * https://sqlite.org/datatype3.html#determination_of_column_affinity
 */
export function affinity(declared: string): 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC' {
  const name = declared.toUpperCase();
  if (name.includes('INT')) return 'INTEGER';
  if (/CHAR|CLOB|TEXT/.test(name)) return 'TEXT';
  if (name === '' || name.includes('BLOB')) return 'BLOB';
  if (/REAL|FLOA|DOUB/.test(name)) return 'REAL';
  return 'NUMERIC';
}

/** The columns that describe the load. The Singer SDK defines their names and meanings. */
export const METADATA_COLUMNS = {
  _sdc_extracted_at: { type: 'date-time', says: 'when the tap read the row, according to the tap' },
  _sdc_received_at: { type: 'date-time', says: 'when the target received the row' },
  _sdc_batched_at: { type: 'date-time', says: 'when the transaction that wrote the row began' },
  _sdc_deleted_at: {
    type: 'date-time',
    says: 'when the row was found to be deleted at the source; null for a live row',
  },
  _sdc_sequence: { type: 'integer', says: '`_sdc_received_at` in milliseconds since 1970' },
  _sdc_table_version: { type: 'integer', says: "the version in the row's RECORD message" },
  _sdc_sync_started_at: { type: 'integer', says: 'when the run began, in milliseconds since 1970' },
} as const satisfies Record<string, { type: ColumnType; says: string }>;

export type MetadataColumn = keyof typeof METADATA_COLUMNS;

export const RECEIVED_AT: MetadataColumn = '_sdc_received_at';
export const DELETED_AT: MetadataColumn = '_sdc_deleted_at';
export const TABLE_VERSION: MetadataColumn = '_sdc_table_version';

export function isMetadataColumn(name: string): name is MetadataColumn {
  return Object.hasOwn(METADATA_COLUMNS, name);
}

/**
 * Returns the metadata columns of a table. Without `add_record_metadata`, these are only the
 * columns that deletions need: the soft-delete mark and, if the stream has versions, the version.
 */
export function metadataColumns(
  wanted: boolean,
  hardDelete: boolean,
  versioned: boolean,
): MetadataColumn[] {
  const all = Object.keys(METADATA_COLUMNS).filter(isMetadataColumn);
  if (wanted) return all;
  return all.filter(
    (name) => (name === DELETED_AT && !hardDelete) || (name === TABLE_VERSION && versioned),
  );
}
