import { tableNames, tables } from '@exact-spotter/schema';
import { COLUMN_TYPES, METADATA_COLUMNS } from '@exact-spotter/target-sqlite';
import { code, codes, markdownTable } from './markdown.ts';
import { replicationText } from './tables-document.ts';
import { english } from './words.ts';

/** Returns the streams in loading order, for the tap's README. */
export function streamsTable(): string {
  const rows = tableNames.map((name) => [
    `[${code(name)}](../schema/TABLES.md#${name.toLowerCase()})`,
    tables[name].title,
    codes(tables[name]['x-key']),
    replicationText(name, english, code),
  ]);
  return markdownTable(['stream', 'contents', 'key', 'how it is read'], rows);
}

/** Returns the column type that the target declares for each JSON Schema type. */
export function columnTypesTable(): string {
  const rows = Object.values(COLUMN_TYPES).map(({ json, declared, holds }) => [
    json,
    declared === '' ? 'untyped' : code(declared),
    holds,
  ]);
  return markdownTable(['in the schema', 'column', 'holds'], rows);
}

/** Returns the `_sdc_` columns that the target adds. */
export function metadataColumnsTable(): string {
  const rows = Object.entries(METADATA_COLUMNS).map(([name, { says }]) => [code(name), says]);
  return markdownTable(['column', 'meaning'], rows);
}
