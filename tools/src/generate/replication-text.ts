import { readParent, readReplication, tables, type TableName } from '@exact-spotter/schema';
import type { DocumentWords } from './document-words.ts';
import { code, headingLink } from './markdown.ts';

/** How a table is read, in a few words. */
export function replicationText(
  name: TableName,
  words: DocumentWords,
  link: (table: string) => string = (table) => headingLink(table, table),
): string {
  const parent = readParent(tables[name]);
  if (parent) return words.withParent(link(parent.table));
  const { method, key = '' } = readReplication(tables[name]) ?? { method: 'full' };
  return method === 'full' ? words.full : words[method](code(key));
}
