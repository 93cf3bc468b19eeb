import { isObject, parseLossless, type JsonRecord, type JsonValue } from '@exact-spotter/singer';
import type { HttpResponse } from './http.ts';

/** An object as the API sent it. */
export type ApiRow = Readonly<Record<string, JsonValue>>;

/** A page of an endpoint, as the server sent it. */
export interface ApiPage {
  readonly rows: readonly ApiRow[];
  /** The number of rows that match the filter, if `$count` was requested and answered. */
  readonly count: number | undefined;
  readonly nextLink: string | undefined;
  /** The `$top` that was sent, if any. */
  readonly top?: number;
  /**
   * The time from sending the request to receiving the last byte, for the attempt that succeeded.
   */
  readonly milliseconds: number;
}

/** The OData query options. The clauses of `$filter` are joined with `and`. */
export interface Query {
  readonly filter?: readonly string[];
  readonly orderby?: readonly string[];
  readonly select?: readonly string[];
  readonly top?: number;
  readonly skip?: number;
  readonly count?: boolean;
  /**
   * How often the same rows have already been requested because a response looked wrong. The API
   * caches responses by URL for about a minute, so {@link pastCache} makes the URL of each attempt
   * different.
   */
  readonly attempt?: number;
}

/** Returns the query part of a URL, without the question mark. */
export function queryText({ filter = [], orderby = [], select = [], ...rest }: Query): string {
  const options: [string, string][] = [];
  if (filter.length > 0) options.push(['$filter', filter.join(' and ')]);
  if (orderby.length > 0) options.push(['$orderby', orderby.join(',')]);
  if (select.length > 0) options.push(['$select', select.join(',')]);
  if (rest.top !== undefined) options.push(['$top', String(rest.top)]);
  if (rest.skip !== undefined && rest.skip > 0) options.push(['$skip', String(rest.skip)]);
  if (rest.count === true) options.push(['$count', 'true']);
  return options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/**
 * Returns a query for almost the same rows under a different URL. It requests a few rows fewer,
 * which every server accepts, or a few rows more if fewer than two would be left. With pages of one
 * row, a read might never advance.
 */
export function pastCache({ attempt = 0, ...query }: Query): Query {
  const { top } = query;
  if (top === undefined || attempt === 0) return query;
  return { ...query, top: top - attempt < 2 ? top + attempt : top - attempt };
}

/** Returns a string or a number as a filter literal. */
export function literal(value: JsonValue): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

/** @returns undefined if the response is not a page, or is a page that reports an error */
export function parsePage({ text, milliseconds }: HttpResponse): ApiPage | undefined {
  const page = parseJson(text);
  if (!isObject(page)) return undefined;
  const { value: rows, '@odata.count': count, '@odata.nextLink': nextLink } = page;
  if (!Array.isArray(rows) || !rows.every((row: JsonValue) => isObject(row))) return undefined;
  if (reportsError(page, rows.length === 0)) return undefined;
  return {
    rows,
    count: readCount(count),
    nextLink: typeof nextLink === 'string' ? nextLink : undefined,
    milliseconds,
  };
}

/**
 * True if a page with status 200 reports an error: in an error member or, if the page is empty, in
 * any member that OData does not define.
 */
function reportsError(page: JsonRecord, isEmpty: boolean): boolean {
  return Object.entries(page).some(([name, value]) => {
    if (value === null || name === 'value') return false;
    const [, own = name] = /^@?odata\.(.+)$/.exec(name) ?? [];
    return /^(?:errors?|exception)/i.test(own) || (isEmpty && own === name);
  });
}

/** Reads a count, which OData writes as a number or as a string of digits. */
export function readCount(count: JsonValue | undefined): number | undefined {
  const text = typeof count === 'number' || typeof count === 'string' ? String(count) : '';
  return /^\s*\d+\s*$/.test(text) ? Number(text) : undefined;
}

function parseJson(text: string): JsonValue {
  try {
    return parseLossless(text);
  } catch {
    return null;
  }
}
