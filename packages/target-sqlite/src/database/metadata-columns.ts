import type { ColumnType } from './column-types.ts';

/** The columns about the load itself. Their names and meanings are the Singer SDK's. */
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
 * The metadata columns of a table. Without `add_record_metadata`, only those that deletes need: the
 * mark of a soft delete, and the version if the stream has versions.
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
