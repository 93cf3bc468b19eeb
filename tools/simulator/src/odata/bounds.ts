import { lowerBound, type Key, type Ordering } from '../seed/ordering.ts';
import type { Range } from '../seed/rows-per-lead.ts';
import type { Expression, Value } from './expression.ts';

/** Where in an ordering the rows stand that may pass a filter. */
export interface Stretch {
  readonly ordering: Ordering;
  readonly ranges: readonly Range[];
  readonly size: number;
  /** Which of the conditions that the filter joins by `and` the ranges stand for. */
  readonly covers: readonly boolean[];
}

/** Whether a row of the seed stands in the ranges. */
export function contains({ ordering, ranges }: Stretch, index: number): boolean {
  const rank = ordering.rankOf(index);
  return ranges.some(({ from, to }) => rank >= from && rank < to);
}

/** A part of the ordering that one condition leaves. */
type Part = readonly Range[];

export function stretch(ordering: Ordering, filter: Expression | undefined): Stretch {
  const parts = filter === undefined ? [] : conjuncts(filter).map((one) => part(ordering, one));
  const whole: Part = [{ from: 0, to: ordering.size }];
  const ranges = parts.reduce<Part>((left, one) => (one ? intersection(left, one) : left), whole);
  const size = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  return { ordering, ranges, size, covers: parts.map((one) => one !== undefined) };
}

function conjuncts(filter: Expression): Expression[] {
  return filter.kind === 'and' ? [...conjuncts(filter.left), ...conjuncts(filter.right)] : [filter];
}

/** Undefined where the condition says nothing of this ordering. */
function part(ordering: Ordering, condition: Expression): Part | undefined {
  if (condition.kind === 'in' && isPath(condition.left, ordering)) {
    const keys = condition.values.flatMap(keyOf);
    if (keys.length < condition.values.length) return undefined;
    return [...new Set(keys)].sort(ascending).map((key) => equal(ordering, key));
  }
  if (condition.kind !== 'comparison' || !isPath(condition.left, ordering)) return undefined;
  const [key] = keyOf(condition.right);
  return key === undefined ? undefined : compared(ordering, condition.operator, key);
}

function compared(ordering: Ordering, operator: string, key: Key): Part | undefined {
  const { size } = ordering;
  const [at, after] = [lowerBound(ordering, key), lowerBound(ordering, key, true)];
  if (operator === 'eq') return [{ from: at, to: after }];
  if (operator === 'ge') return [{ from: at, to: size }];
  if (operator === 'gt') return [{ from: after, to: size }];
  if (operator === 'lt') return [{ from: 0, to: at }];
  return operator === 'le' ? [{ from: 0, to: after }] : undefined;
}

function equal(ordering: Ordering, key: Key): Range {
  return { from: lowerBound(ordering, key), to: lowerBound(ordering, key, true) };
}

function isPath(expression: Expression, { path }: Ordering): boolean {
  return expression.kind === 'member' && expression.path.join('.') === path;
}

function keyOf(expression: Expression): Key[] {
  const value: Value = expression.kind === 'literal' ? expression.value : null;
  return typeof value === 'string' || typeof value === 'number' ? [value] : [];
}

function ascending(one: Key, other: Key): number {
  return one < other ? -1 : 1;
}

/** Both are in order, and neither overlaps itself. */
function intersection(one: Part, other: Part): Range[] {
  return one.flatMap((left) =>
    other.flatMap((right) => {
      const range = { from: Math.max(left.from, right.from), to: Math.min(left.to, right.to) };
      return range.from < range.to ? [range] : [];
    }),
  );
}
