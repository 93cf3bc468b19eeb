import type { AskedPage } from '../page-query.ts';
import type { WireRow } from '../row.ts';
import type { SetLiteral } from '../streams.ts';
import type { ReachableSet, Verdict } from './finding.ts';
import type { Answers, Asked } from './probe.ts';
import { keyOf } from './questions.ts';

/** How a question's filter was met. */
export function filterVerdict(asked: Asked | undefined): Verdict {
  if (!asked) return 'not told';
  const { question, outcome } = asked;
  if (outcome.kind !== 'answered') return outcome.kind;
  const { rows } = outcome.answer;
  if (rows.some((row) => !question.keeps(row))) return 'ignored';
  return rows.length === 0 ? 'finds nothing' : 'yes';
}

/** An order that ascends by nature proves nothing: some rows are asked for from the last to the first. */
export function orderVerdict(set: SetLiteral, { first, between, refused }: Answers): Verdict {
  if (refused.has('orderby')) return 'refused';
  if (!isSorted(set, first.rows, 1)) return 'ignored';
  if (filterVerdict(between) !== 'yes') return 'not told';
  const rows = pageOf(between)?.rows ?? [];
  if (new Set(rows.map((row) => keyOf(set, row))).size < 2) return 'not told';
  return isSorted(set, rows, -1) ? 'yes' : 'ignored';
}

/** Whether the rows of each key came in the same order when they were asked for again. */
export function tieFinding(
  set: SetLiteral,
  { first, byKey: asked }: Answers,
): ReachableSet['ties'] {
  if (set.pageKey.unique || filterVerdict(asked) !== 'yes') return 'not told';
  const before = byKey(set, first.rows);
  // The last key of a page may have more rows behind it.
  const again = [...byKey(set, pageOf(asked)?.rows ?? [])].slice(0, -1);
  const several = again.filter(([, rows]) => rows.length > 1);
  if (several.length === 0) return 'not told';
  const isSteady = several.every(
    ([key, rows]) => JSON.stringify(rows) === JSON.stringify(before.get(key)),
  );
  return isSteady ? 'steady' : 'changing';
}

export function selectVerdict({ between: asked, refused }: Answers): Verdict {
  if (refused.has('select')) return 'refused';
  const rows = pageOf(asked)?.rows ?? [];
  const selected = asked?.question.select ?? [];
  if (rows.length === 0) return 'not told';
  const isObeyed = rows.every((row) =>
    Object.keys(row).every((member) => member.startsWith('@') || selected.includes(member)),
  );
  return isObeyed ? 'yes' : 'ignored';
}

export function topVerdict(answers: Answers): Verdict {
  const pages = pagesOf(answers);
  if (pages.some(({ rows, top }) => rows.length > top)) return 'ignored';
  return pages.some(({ rows, top }) => rows.length === top) ? 'yes' : 'not told';
}

export function countVerdict({ first, rows, refused }: Answers): ReachableSet['count_inline'] {
  if (refused.has('count')) return 'refused';
  if (first.count === undefined) return 'ignored';
  if (rows.kind !== 'answered') return 'yes';
  return Math.abs(first.count - rows.answer) <= DRIFT ? 'yes' : 'another number';
}

/** Rows that may come or go between two requests. */
const DRIFT = 20;

export function pageOf(asked: Asked | undefined): AskedPage | undefined {
  return asked?.outcome.kind === 'answered' ? asked.outcome.answer : undefined;
}

export function pagesOf({ first, byKey: asked, between, byDate }: Answers): AskedPage[] {
  return [first, ...[asked, between, byDate].flatMap((one) => pageOf(one) ?? [])];
}

/** @param direction 1 upwards, -1 downwards; equal keys stand in either */
function isSorted(set: SetLiteral, rows: readonly WireRow[], direction: 1 | -1): boolean {
  const keys = rows.flatMap((row) => keyOf(set, row) ?? []);
  return keys.every((key, at) => at === 0 || (key - (keys[at - 1] ?? key)) * direction >= 0);
}

function byKey(set: SetLiteral, rows: readonly WireRow[]): Map<number | undefined, WireRow[]> {
  return Map.groupBy(rows, (row) => keyOf(set, row));
}
