import type { ApiRow } from '../api/odata.ts';
import type { Endpoint } from '../endpoints.ts';
import type { RequestedPage } from '../request/read-request.ts';
import type { LinkFinding, LinkPlace, ReachableSet, Verdict } from './findings.ts';
import type { Answers, Probe } from './probe.ts';
import { numericKeyOf } from './probe-queries.ts';

/** Returns what the server did with a probe's filter. */
export function filterVerdict(probe: Probe | undefined): Verdict {
  if (!probe) return 'not told';
  const { query, outcome } = probe;
  if (outcome.kind !== 'answered') return outcome.kind;
  const { rows } = outcome.answer;
  if (rows.some((row) => !query.matches(row))) return 'ignored';
  return rows.length === 0 ? 'finds nothing' : 'yes';
}

/**
 * Rows may be stored in ascending order, so only a probe in descending order proves that the server
 * sorts rows.
 */
export function orderVerdict(endpoint: Endpoint, { first, between, refused }: Answers): Verdict {
  if (refused.has('orderby')) return 'refused';
  if (!isSorted(endpoint, first.rows, 1)) return 'ignored';
  if (filterVerdict(between) !== 'yes') return 'not told';
  const rows = pageOf(between)?.rows ?? [];
  if (new Set(rows.map((row) => numericKeyOf(endpoint, row))).size < 2) return 'not told';
  return isSorted(endpoint, rows, -1) ? 'yes' : 'ignored';
}

/** Returns whether the rows of each key were returned in the same order twice. */
export function tieFinding(endpoint: Endpoint, { first, byKey }: Answers): ReachableSet['ties'] {
  if (endpoint.pageKey.unique || filterVerdict(byKey) !== 'yes') return 'not told';
  const before = groupByKey(endpoint, first.rows);
  // The next page may have more rows with the last key of this page.
  const again = [...groupByKey(endpoint, pageOf(byKey)?.rows ?? [])].slice(0, -1);
  const several = again.filter(([, rows]) => rows.length > 1);
  if (several.length === 0) return 'not told';
  const isSteady = several.every(
    ([key, rows]) => JSON.stringify(rows) === JSON.stringify(before.get(key)),
  );
  return isSteady ? 'steady' : 'changing';
}

export function selectVerdict({ between, refused }: Answers): Verdict {
  if (refused.has('select')) return 'refused';
  const rows = pageOf(between)?.rows ?? [];
  const selected = between?.query.select ?? [];
  if (rows.length === 0) return 'not told';
  const isRespected = rows.every((row) =>
    Object.keys(row).every((member) => member.startsWith('@') || selected.includes(member)),
  );
  return isRespected ? 'yes' : 'ignored';
}

export function topVerdict(answers: Answers): Verdict {
  const pages = pagesOf(answers);
  if (pages.some(({ rows, top }) => rows.length > top)) return 'ignored';
  return pages.some(({ rows, top }) => rows.length === top) ? 'yes' : 'not told';
}

/** How many rows may be added or deleted between two requests. */
const DRIFT = 20;

export function countVerdict({ first, rows, refused }: Answers): ReachableSet['count_inline'] {
  if (refused.has('count')) return 'refused';
  if (first.count === undefined) return 'ignored';
  const mayBePage = first.rows.length > 0 && first.count === first.rows.length;
  if (rows.kind !== 'answered') return mayBePage ? 'not told' : 'yes';
  if (mayBePage && rows.answer > first.count) {
    return rows.answer > first.count + DRIFT ? 'the page' : 'not told';
  }
  return Math.abs(first.count - rows.answer) <= DRIFT ? 'yes' : 'another number';
}

/** Describes the links to the next page, which are never followed. */
export function linkFinding(answers: Answers, apiUrl: string): LinkFinding {
  const links = pagesOf(answers).flatMap(({ nextLink, skip }) => {
    const url = nextLink === undefined ? null : URL.parse(nextLink, apiUrl);
    return url ? [{ url, skip }] : [];
  });
  return {
    stands: linkPlace(linksOf(answers)),
    keeps_top: links.length === 0 ? null : links.every(({ url }) => url.searchParams.has('$top')),
    leads_to_another_host: links.some(({ url }) => url.origin !== URL.parse(apiUrl)?.origin),
    leads_back: links.some(({ url, skip }) => skipOf(url) <= skip),
  };
}

/** A link without `$skip` is assumed to lead forward. */
function skipOf({ searchParams }: URL): number {
  return Number(searchParams.get('$skip') ?? Infinity);
}

interface SeenPage {
  readonly hasLink: boolean;
  /** Whether rows follow the page; undefined if unknown. */
  readonly hasMore: boolean | undefined;
}

function linksOf({ first, rows, byKey, between }: Answers): SeenPage[] {
  const total = rows.kind === 'answered' ? rows.answer : first.count;
  const seen: SeenPage[] = [
    {
      hasLink: first.nextLink !== undefined,
      hasMore: total === undefined ? undefined : first.rows.length < total,
    },
  ];
  for (const probe of [byKey, between]) {
    const page = pageOf(probe);
    if (!probe || !page || filterVerdict(probe) !== 'yes' || page.rows.length > page.top) continue;
    const isKnown = probe.query.hasMore || page.rows.length < page.top;
    seen.push({
      hasLink: page.nextLink !== undefined,
      hasMore: isKnown ? probe.query.hasMore : undefined,
    });
  }
  return seen;
}

function linkPlace(pages: readonly SeenPage[]): LinkPlace {
  const [last, others] = [false, true].map((hasMore) =>
    howMany(pages.filter((page) => page.hasMore === hasMore).map(({ hasLink }) => hasLink)),
  );
  if (last === 'some' || others === 'some') return 'irregularly';
  if (last === 'all') return others === 'none' ? 'irregularly' : 'always';
  if (others === 'none') return 'never';
  if (last === undefined) return others === 'all' ? 'at least when more follows' : 'not told';
  return others === 'all' ? 'when more follows' : 'not on a last page';
}

function howMany(answers: readonly boolean[]): 'all' | 'none' | 'some' | undefined {
  if (answers.length === 0) return undefined;
  if (answers.every((answer) => answer)) return 'all';
  return answers.some((answer) => answer) ? 'some' : 'none';
}

function pageOf(probe: Probe | undefined): RequestedPage | undefined {
  return probe?.outcome.kind === 'answered' ? probe.outcome.answer : undefined;
}

function pagesOf({ first, byKey, between, byDate }: Answers): RequestedPage[] {
  return [first, ...[byKey, between, byDate].flatMap((probe) => pageOf(probe) ?? [])];
}

/** @param direction 1 for ascending, -1 for descending; equal keys count as sorted */
function isSorted(endpoint: Endpoint, rows: readonly ApiRow[], direction: 1 | -1): boolean {
  const keys = rows.flatMap((row) => numericKeyOf(endpoint, row) ?? []);
  return keys.every((key, at) => at === 0 || (key - (keys[at - 1] ?? key)) * direction >= 0);
}

function groupByKey(
  endpoint: Endpoint,
  rows: readonly ApiRow[],
): Map<number | undefined, ApiRow[]> {
  return Map.groupBy(rows, (row) => numericKeyOf(endpoint, row));
}
