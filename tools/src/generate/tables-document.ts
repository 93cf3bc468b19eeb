import {
  childrenOf,
  isSelectedByDefault,
  isTableName,
  relationships,
  tables,
  type ColumnSchema,
  type TableName,
  type TableSchema,
  type Text,
} from '@exact-spotter/schema';
import { readParent, readReplication } from '@exact-spotter/singer';
import { code, codes, headingLink, markdownTable } from './markdown.ts';
import { columnType, type DocumentWords } from './words.ts';

/** Selects the title and description in one language. */
type TextOf = (schema: Text & { readonly 'x-pt': Text }) => Text;

/** Returns a Markdown page that describes every table and column in one language. */
export function tablesDocument(words: DocumentWords, textOf: TextOf): string {
  const names = Object.keys(tables).filter(isTableName);
  const copied = names.filter(isSelectedByDefault);
  const left = names.filter((name) => !isSelectedByDefault(name));
  return [
    `# ${words.title}`,
    words.introduction,
    `## ${words.queryTitle}`,
    ...words.queryNotes,
    `## ${words.listTitle}`,
    words.listNote,
    overview(copied, words, textOf),
    `## ${words.optionalTitle}`,
    words.optionalNote,
    overview(left, words, textOf),
    ...names.map((name) => section(name, words, textOf)),
  ].join('\n\n');
}

function overview(names: readonly TableName[], words: DocumentWords, textOf: TextOf): string {
  const rows = names.map((name) => [
    headingLink(name, name),
    textOf(tables[name]).title,
    codes(tables[name]['x-key']),
    replicationText(name, words),
  ]);
  return markdownTable(words.overview, rows);
}

function section(name: TableName, words: DocumentWords, textOf: TextOf): string {
  const schema: TableSchema = tables[name];
  const { title, description } = textOf(schema);
  return [
    `## ${name}`,
    `**${title}.** ${description}`,
    facts(name, words).join('\n'),
    markdownTable(
      words.columns,
      Object.entries(schema.properties).map(([column, columnSchema]) =>
        columnRow(name, column, columnSchema, words, textOf),
      ),
    ),
  ].join('\n\n');
}

function facts(name: TableName, words: DocumentWords): string[] {
  const parent = readParent(tables[name]);
  const children = childrenOf(name).map((child) => headingLink(child, child));
  return [
    `- ${words.key}: ${codes(tables[name]['x-key'])}`,
    parent
      ? `- ${words.elementsOf(code(parent.array), headingLink(parent.table, parent.table))}`
      : `- ${words.howRead}: ${replicationText(name, words)}`,
    ...(isSelectedByDefault(name) ? [] : [`- ${words.onlyIfSelected}`]),
    ...(children.length > 0 ? [`- ${words.children}: ${children.join(', ')}`] : []),
  ];
}

function columnRow(
  table: TableName,
  column: string,
  schema: ColumnSchema,
  words: DocumentWords,
  textOf: TextOf,
): string[] {
  const { title, description } = textOf(schema);
  const isKey = tables[table]['x-key'].some((key) => key === column);
  return [
    isKey ? `**${code(column)}**` : code(column),
    words.types[columnType(schema)],
    joins(table, column),
    `**${title}.** ${description}`,
    code(String(schema.examples[0])),
  ];
}

function joins(table: TableName, column: string): string {
  return relationships
    .filter((relationship) => relationship.table === table)
    .flatMap(({ to, columns }) => {
      const other = columns[column];
      return other === undefined ? [] : [headingLink(`${to}.${other}`, to)];
    })
    .join(', ');
}

/** Returns a short description of how a table is read. */
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
