import type { ColumnType } from './column-types.ts';

/**
 * The columns that tell of the load, not of the source: their names and meanings are the Singer
 * SDK's.
 */
export const METADATA_COLUMNS = {
  _sdc_extracted_at: { type: 'date-time', says: 'when the tap read the row, as it said' },
  _sdc_received_at: { type: 'date-time', says: 'when the row came here' },
  _sdc_batched_at: { type: 'date-time', says: 'when the transaction of the row began' },
  _sdc_deleted_at: { type: 'date-time', says: 'since when the row is known to be gone' },
  _sdc_sequence: { type: 'integer', says: 'the same as received, in milliseconds since 1970' },
  _sdc_table_version: { type: 'integer', says: 'the version that the tap gave the row' },
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
 * The columns that a table gets. The mark of a deletion is kept even where nobody wants the rest,
 * since soft deletion needs it; so is the version of a stream that bears versions.
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
