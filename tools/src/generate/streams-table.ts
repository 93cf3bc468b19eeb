import { tableNames, tables } from '@exact-spotter/schema';
import { english } from './document-words.ts';
import { code, codes, markdownTable } from './markdown.ts';
import { replicationText } from './replication-text.ts';

/** The streams, parents first, for the tap's README. */
export function streamsTable(): string {
  const rows = tableNames.map((name) => [
    `[${code(name)}](../schema/TABLES.md#${name.toLowerCase()})`,
    tables[name].title,
    codes(tables[name]['x-key']),
    replicationText(name, english, code),
  ]);
  return markdownTable(['stream', 'holds', 'key', 'how it is read'], rows);
}
