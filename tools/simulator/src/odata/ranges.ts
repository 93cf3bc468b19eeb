import { lowerBound, type Key, type Ordering } from '../seed/ordering.ts';
import type { Range } from '../seed/rows-per-lead.ts';
import type { Expression, Value } from './expression.ts';
import { conjuncts } from './rewrite.ts';

type Ranges = readonly Range[];

/** The ranks in an ordering whose generated rows may match a filter. */
export interface Scan {
  readonly ordering: Ordering;
  /** The ranges are ascending and do not overlap. */
  readonly ranges: Ranges;
  /** The number of ranks in the ranges. */
  readonly size: number;
  /** For each condition that the filter joins by `and`: true if the ranges fully express it. */
  readonly covers: readonly boolean[];
}

/** Narrows an ordering to the ranks that may match a filter. */
export function planScan(ordering: Ordering, filter: Expression | undefined): Scan {
  const parts = filter ? conjuncts(filter).map((one) => rangesOf(ordering, one)) : [];
  const all: Ranges = [{ from: 0, to: ordering.size }];
  const ranges = parts.reduce<Ranges>((left, one) => (one ? intersection(left, one) : left), all);
  const size = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  return { ordering, ranges, size, covers: parts.map((one) => one !== undefined) };
}

/** True if a generated row is in the ranges. */
export function contains({ ordering, ranges }: Scan, index: number): boolean {
  const rank = ordering.rankOf(index);
  return ranges.some(({ from, to }) => rank >= from && rank < to);
}

/** Returns undefined if the condition cannot be expressed as ranges of this ordering. */
function rangesOf(ordering: Ordering, condition: Expression): Ranges | undefined {
  if (condition.kind === 'in' && isPath(condition.left, ordering)) {
    const keys = condition.values.flatMap(keyOf);
    if (keys.length < condition.values.length) return undefined;
    return [...new Set(keys)].sort(ascending).map((key) => equalRange(ordering, key));
  }
  if (condition.kind !== 'comparison' || !isPath(condition.left, ordering)) return undefined;
  if (condition.operator === 'eq' && condition.right.type === 'null') {
    return [{ from: 0, to: ordering.nulls ?? 0 }];
  }
  const [key] = keyOf(condition.right);
  return key === undefined ? undefined : comparisonRanges(ordering, condition.operator, key);
}

function comparisonRanges(ordering: Ordering, operator: string, key: Key): Ranges | undefined {
  const { size, nulls = 0 } = ordering;
  const [at, after] = [lowerBound(ordering, key), lowerBound(ordering, key, true)];
  if (operator === 'eq') return [{ from: at, to: after }];
  if (operator === 'ge') return [{ from: at, to: size }];
  if (operator === 'gt') return [{ from: after, to: size }];
  if (operator === 'lt') return [{ from: nulls, to: at }];
  return operator === 'le' ? [{ from: nulls, to: after }] : undefined;
}

function equalRange(ordering: Ordering, key: Key): Range {
  return { from: lowerBound(ordering, key), to: lowerBound(ordering, key, true) };
}

function isPath(expression: Expression, { path }: Ordering): boolean {
  return (
    expression.kind === 'member' &&
    expression.shift === undefined &&
    expression.path.join('.') === path
  );
}

function keyOf(expression: Expression): Key[] {
  const value: Value = expression.kind === 'literal' ? expression.value : null;
  return typeof value === 'string' || typeof value === 'number' ? [value] : [];
}

function ascending(one: Key, other: Key): number {
  return one < other ? -1 : 1;
}

/** The ranges of each argument must be ascending and must not overlap. */
function intersection(one: Ranges, other: Ranges): Range[] {
  return one.flatMap((left) =>
    other.flatMap((right) => {
      const range = { from: Math.max(left.from, right.from), to: Math.min(left.to, right.to) };
      return range.from < range.to ? [range] : [];
    }),
  );
}
