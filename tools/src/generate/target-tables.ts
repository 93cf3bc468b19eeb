import { COLUMN_TYPES, METADATA_COLUMNS } from '@exact-spotter/target-sqlite';
import { code, markdownTable } from './markdown.ts';

/** The types of columns that the target makes, and of what. */
export function columnTypesTable(): string {
  const rows = Object.values(COLUMN_TYPES).map(({ json, declared, holds }) => [
    json,
    declared === '' ? 'untyped' : code(declared),
    holds,
  ]);
  return markdownTable(['in the schema', 'column', 'holds'], rows);
}

export function metadataColumnsTable(): string {
  const rows = Object.entries(METADATA_COLUMNS).map(([name, { says }]) => [code(name), says]);
  return markdownTable(['column', 'says'], rows);
}
