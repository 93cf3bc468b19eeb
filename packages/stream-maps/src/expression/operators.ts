import {
  add,
  asDouble,
  asInteger,
  asJsonNumber,
  calculate,
  divisor,
  negate,
} from './arithmetic.ts';
import { isPart } from './characters.ts';
import {
  ExpressionError,
  isArray,
  isNumeric,
  isPlainObject,
  isTruthy,
  Moment,
  describe,
  type Compiled,
  type Kind,
  type NonNull,
  type Scope,
  type Value,
} from './expression-value.ts';

export function unary(operator: string, { evaluate, kind }: Compiled): Compiled {
  if (operator === 'not')
    return { evaluate: (scope) => !isTruthy(evaluate(scope)), kind: 'boolean' };
  const sign = operator === '-' ? negate : (value: NonNull) => value;
  return {
    evaluate: (scope) => {
      const value = evaluate(scope);
      return value === null ? null : sign(value);
    },
    kind,
  };
}

export function isLogical(operator: string): operator is 'and' | 'or' {
  return operator === 'and' || operator === 'or';
}

/** Compiles `and` or `or`. The result is one of the operands, as in Python: `name or 'nobody'`. */
export function logical(operator: 'and' | 'or', left: Compiled, right: Compiled): Compiled {
  const stops = operator === 'or';
  const evaluate = (scope: Scope): Value => {
    const value = left.evaluate(scope);
    return isTruthy(value) === stops ? value : right.evaluate(scope);
  };
  return { evaluate, kind: sameKind(left, right) };
}

export function condition(test: Compiled, consequent: Compiled, alternate: Compiled): Compiled {
  return {
    evaluate: (scope) => (isTruthy(test.evaluate(scope)) ? consequent : alternate).evaluate(scope),
    kind: sameKind(consequent, alternate),
  };
}

export function binary(operator: string, left: Compiled, right: Compiled): Compiled {
  const apply = operation(operator);
  return {
    evaluate: (scope) => apply(left.evaluate(scope), right.evaluate(scope)),
    kind: resultKind(operator, left, right),
  };
}

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'is not']);

export function isComparison(operator: string): boolean {
  return COMPARISONS.has(operator);
}

/**
 * Compiles `a < b < c`, which means `a < b and b < c`. Each operand is evaluated once: a chain in
 * the middle of a chain in the middle of a chain would otherwise take exponential time.
 */
export function comparisonChain(
  first: Compiled,
  rest: readonly { readonly operator: string; readonly operand: Compiled }[],
): Compiled {
  const links = rest.map(({ operator, operand }) => ({ apply: operation(operator), operand }));
  const evaluate = (scope: Scope): Value => {
    let left = first.evaluate(scope);
    let result: Value = null;
    for (const { apply, operand } of links) {
      const right = operand.evaluate(scope);
      result = apply(left, right);
      if (!isTruthy(result)) break;
      left = right;
    }
    return result;
  };
  return { evaluate, kind: 'boolean' };
}

function operation(operator: string): (left: Value, right: Value) => Value {
  if (operator === '==' || operator === 'is') return areEqual;
  if (operator === '!=' || operator === 'is not') return (left, right) => !areEqual(left, right);
  const apply = operators[operator];
  if (!apply) throw new ExpressionError(`the operator "${operator}" is not supported`);
  return (left, right) => (left === null || right === null ? null : apply(left, right));
}

function resultKind(operator: string, left: Compiled, right: Compiled): Kind | undefined {
  if (!/^[-+*/%]/.test(operator)) return 'boolean';
  if (operator === '/') return 'number';
  const kind = sameKind(left, right);
  if (kind !== undefined) return kind;
  const isCount = [left, right].every((side) => side.kind === 'integer' || side.kind === 'number');
  return isCount ? 'number' : undefined;
}

function sameKind(left: Compiled, right: Compiled): Kind | undefined {
  return left.kind === right.kind ? left.kind : undefined;
}

/** The binary operators. Their operands are never null. */
const operators: Readonly<Record<string, (left: NonNull, right: NonNull) => Value>> = {
  '+': add,
  '-': (left, right) => calculate('-', left, right),
  '*': (left, right) => calculate('*', left, right),
  '/': (left, right) => asJsonNumber(asDouble('/', left) / divisor(asDouble('/', right))),
  '//': (left, right) => calculate('//', left, right),
  '%': (left, right) => calculate('%', left, right),
  '<': (left, right) => compare(left, right) < 0,
  '<=': (left, right) => compare(left, right) <= 0,
  '>': (left, right) => compare(left, right) > 0,
  '>=': (left, right) => compare(left, right) >= 0,
  in: (left, right) => contains(right, left),
  'not in': (left, right) => !contains(right, left),
};

/**
 * Compares numbers by value, and objects and lists by their JSON. Different types are not equal.
 */
function areEqual(left: Value, right: Value): boolean {
  return left === right || (left !== null && isEqualTo(left)(right));
}

/** Returns the comparison with a value, whose JSON is created only once. */
function isEqualTo(value: NonNull): (other: Value) => boolean {
  const isNested = isArray(value) || isPlainObject(value);
  const text = isNested ? JSON.stringify(value) : undefined;
  return (other) => {
    if (value === other) return true;
    if (other === null) return false;
    if (isNumeric(value) && isNumeric(other)) return compare(value, other) === 0;
    if (value instanceof Moment && other instanceof Moment) return compare(value, other) === 0;
    return isNested && describe(value) === describe(other) && text === JSON.stringify(other);
  };
}

/** @returns a negative number, 0 or a positive number */
export function compare(left: NonNull, right: NonNull): number {
  if (typeof left === 'string' && typeof right === 'string') return orderStrings(left, right);
  if (left instanceof Moment && right instanceof Moment)
    return order(left.sortable(), right.sortable());
  if (isNumeric(left) && isNumeric(right)) {
    const [whole, other] = [asInteger(left), asInteger(right)];
    return whole !== undefined && other !== undefined
      ? order(whole, other)
      : order(asDouble('<', left), asDouble('<', right));
  }
  throw new ExpressionError(`${describe(left)} cannot be compared with ${describe(right)}`);
}

/**
 * Compares code points, as Python does, by comparing the UTF-8 bytes. The operator `<` would
 * compare UTF-16 units.
 */
function orderStrings(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function order<T extends string | number | bigint>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function contains(container: NonNull, sought: NonNull): boolean {
  if (typeof container === 'string' && typeof sought === 'string') return isPart(container, sought);
  if (isArray(container)) return container.some(isEqualTo(sought));
  if (isPlainObject(container))
    return typeof sought === 'string' && Object.hasOwn(container, sought);
  throw new ExpressionError(`"in" cannot find ${describe(sought)} in ${describe(container)}`);
}
