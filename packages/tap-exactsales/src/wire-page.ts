import { type JsonValue, isObject, parseLossless } from '@exact-spotter/singer';
import type { HttpAnswer } from './http.ts';
import type { WireRow } from './row.ts';

/** A page of an entity set, as the server sent it. */
export interface WirePage {
  readonly rows: readonly WireRow[];
  /** Rows that the filter finds, where `$count` was asked for and is answered. */
  readonly count: number | undefined;
  readonly nextLink: string | undefined;
  /** From the sending to the last byte, of the try that was answered. */
  readonly milliseconds: number;
}

/** @returns undefined for an answer that is no page */
export function readPage({ text, milliseconds }: HttpAnswer): WirePage | undefined {
  const page = parseJson(text);
  if (!isObject(page)) return undefined;
  const { value: rows, '@odata.count': count, '@odata.nextLink': nextLink } = page;
  if (!Array.isArray(rows) || !rows.every((row: JsonValue) => isObject(row))) return undefined;
  return {
    rows,
    count: readCount(count),
    nextLink: typeof nextLink === 'string' ? nextLink : undefined,
    milliseconds,
  };
}

/** A number, or its digits as text: OData has both. */
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
