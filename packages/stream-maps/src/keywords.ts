import type { JsonSchema } from '@exact-spotter/singer';

/** Where a column has gone to; nothing where it is dropped, or is no longer what it was. */
export type OwnColumn = (column: string) => string | undefined;

/** The same for a column of another stream. */
export type OtherColumn = (
  stream: string,
  column: string,
) => { readonly stream: string; readonly column: string } | undefined;

/**
 * Keeps what a schema says of columns true, here and in other streams: each name follows its
 * column, and a statement goes away with the column that it is about.
 * @param key the key behind the map
 */
export function followColumns(
  schema: JsonSchema,
  key: readonly string[],
  own: OwnColumn,
  other: OtherColumn,
): JsonSchema {
  const rewritten: Readonly<Record<string, unknown>> = {
    required: namesIn(schema['required'])?.flatMap((name) => own(name) ?? []),
    'x-key': schema['x-key'] === undefined ? undefined : key,
    'x-references': references(schema['x-references'], own, other),
    'x-parent': parent(schema['x-parent'], own, other),
    'x-replication': withColumn(schema['x-replication'], 'key', own),
    'x-covered': withColumn(schema['x-covered'], 'column', own),
  };
  return Object.fromEntries(
    Object.entries(schema).flatMap(([word, said]) => {
      const now: unknown = Object.hasOwn(rewritten, word) ? rewritten[word] : said;
      return now === undefined ? [] : [[word, now]];
    }),
  );
}

function namesIn(list: unknown): string[] | undefined {
  const names: readonly unknown[] | undefined = Array.isArray(list) ? list : undefined;
  return names?.filter((name) => typeof name === 'string');
}

/** Column → `table.column`. The last dot divides: streams may have dots in their names. */
function references(said: unknown, own: OwnColumn, other: OtherColumn): unknown {
  if (!isObject(said)) return undefined;
  const followed = Object.entries(said).flatMap(([column, target]) => {
    const name = own(column);
    const dot = typeof target === 'string' ? target.lastIndexOf('.') : -1;
    if (name === undefined || typeof target !== 'string' || dot < 0) return [];
    const place = other(target.slice(0, dot), target.slice(dot + 1));
    return place ? [[name, `${place.stream}.${place.column}`]] : [];
  });
  return followed.length === 0 ? undefined : Object.fromEntries(followed);
}

/** All of its columns or nothing: with some of them a parent would replace the children of others. */
function parent(said: unknown, own: OwnColumn, other: OtherColumn): unknown {
  if (!isObject(said) || typeof said['table'] !== 'string' || !isObject(said['columns']))
    return undefined;
  const columns: Record<string, string> = {};
  const streams = new Set<string>();
  for (const [column, above] of Object.entries(said['columns'])) {
    const name = own(column);
    const place = typeof above === 'string' ? other(said['table'], above) : undefined;
    if (name === undefined || !place) return undefined;
    columns[name] = place.column;
    streams.add(place.stream);
  }
  const [table] = streams;
  return streams.size === 1 ? { ...said, table, columns } : undefined;
}

/** A statement about one column. */
function withColumn(said: unknown, member: string, own: OwnColumn): unknown {
  if (!isObject(said)) return undefined;
  const column = said[member];
  if (typeof column !== 'string') return said;
  const name = own(column);
  return name === undefined ? undefined : { ...said, [member]: name };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
