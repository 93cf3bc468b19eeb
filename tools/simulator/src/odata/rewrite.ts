import { shiftComparable } from '../seed/moment.ts';
import type { Expression } from './expression.ts';

type Test = (expression: Expression) => boolean;

/** True if the expression or an operand of `and`, `or` or `not` in it passes the test. */
export function some(filter: Expression, test: Test): boolean {
  if (test(filter)) return true;
  if (filter.kind === 'not') return some(filter.operand, test);
  return isLogical(filter) && (some(filter.left, test) || some(filter.right, test));
}

/** Returns the conditions that a filter joins by `and`. */
export function conjuncts(filter: Expression): Expression[] {
  return filter.kind === 'and' ? [...conjuncts(filter.left), ...conjuncts(filter.right)] : [filter];
}

/** True if the expression compares something with `null`. */
export function isNullComparison(expression: Expression): boolean {
  return (
    expression.kind === 'comparison' &&
    (expression.left.type === 'null' || expression.right.type === 'null')
  );
}

/**
 * Returns a filter without the conditions that pass the test.
 * @returns undefined if no condition remains
 */
export function withoutParts(filter: Expression, test: Test): Expression | undefined {
  if (test(filter)) return undefined;
  if (filter.kind === 'not') {
    const operand = withoutParts(filter.operand, test);
    return operand && { ...filter, operand };
  }
  if (!isLogical(filter)) return filter;
  const [left, right] = [withoutParts(filter.left, test), withoutParts(filter.right, test)];
  return left && right ? { ...filter, left, right } : (left ?? right);
}

/** Returns a filter that treats the dates in `members` as if they were `ms` milliseconds later. */
export function shiftMembers(
  filter: Expression,
  members: readonly string[],
  ms: number,
): Expression {
  const shift = (inner: Expression): Expression => shiftMembers(inner, members, ms);
  switch (filter.kind) {
    case 'literal':
    case 'notEmpty':
      return filter;
    case 'member':
      return members.includes(filter.path.join('/')) ? { ...filter, shift: ms } : filter;
    case 'call':
      return { ...filter, values: filter.values.map(shift) };
    case 'in':
      return { ...filter, left: shift(filter.left) };
    case 'comparison':
      return shiftComparison(filter, shift, ms);
    case 'and':
    case 'or':
      return { ...filter, left: shift(filter.left), right: shift(filter.right) };
    case 'not':
      return { ...filter, operand: shift(filter.operand) };
  }
}

/** Shifts the literal instead of the member if possible, so that the filter can use an ordering. */
function shiftComparison(
  comparison: Extract<Expression, { kind: 'comparison' }>,
  shift: (inner: Expression) => Expression,
  ms: number,
): Expression {
  const { left, right } = comparison;
  const shifted = { ...comparison, left: shift(left), right: shift(right) };
  const isShifted = shifted.left.kind === 'member' && shifted.left.shift !== undefined;
  if (!isShifted || right.kind !== 'literal' || typeof right.value !== 'string') return shifted;
  return { ...comparison, right: { ...right, value: shiftComparable(right.value, -ms) } };
}

function isLogical(
  expression: Expression,
): expression is Extract<Expression, { kind: 'and' | 'or' }> {
  return expression.kind === 'and' || expression.kind === 'or';
}
