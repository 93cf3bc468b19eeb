import { isRawJson, type JsonValue, type RawJson } from '@exact-spotter/singer';
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
  if (operator === '==' || operator === 'is') return equality(left, right, true);
  if (operator === '!=' || operator === 'is not') return equality(left, right, false);
  const operate = operators[operator];
  if (!operate) throw new ExpressionError(`the operator "${operator}" is not supported`);
  const evaluate = (scope: Scope): Value => {
    const [one, other] = [left.evaluate(scope), right.evaluate(scope)];
    return one === null || other === null ? null : operate(one, other);
  };
  return { evaluate, kind: resultKind(operator, left, right) };
}

function equality(left: Compiled, right: Compiled, wanted: boolean): Compiled {
  return {
    evaluate: (scope) => areEqual(left.evaluate(scope), right.evaluate(scope)) === wanted,
    kind: 'boolean',
  };
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
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (isNumeric(left) && isNumeric(right)) return compare(left, right) === 0;
  if (left instanceof Moment && right instanceof Moment) return compare(left, right) === 0;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  return describe(left) === describe(right) && JSON.stringify(left) === JSON.stringify(right);
}

function add(left: NonNull, right: NonNull): Value {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isArray(left) && isArray(right)) return [...left, ...right];
  return calculate('+', left, right);
}

/** Calculates exactly with integers, and in double precision with other numbers. */
function calculate(sign: string, left: NonNull, right: NonNull): number | RawJson {
  const [whole, other] = [asInteger(left), asInteger(right)];
  if (whole === undefined || other === undefined) {
    return asJsonNumber(doubles(sign, asDouble(sign, left), asDouble(sign, right)));
  }
  return fromInteger(integers(sign, whole, other));
}

function doubles(sign: string, left: number, right: number): number {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  const floor = Math.floor(left / divisor(right));
  return sign === '//' ? floor : left - floor * right;
}

/** Calculates with integers. Division rounds down, as in Python. */
function integers(sign: string, left: bigint, right: bigint): bigint {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  if (right === 0n) divisor(0);
  const rest = ((left % right) + right) % right;
  return sign === '%' ? rest : (left - rest) / right;
}

function divisor(value: number): number {
  if (value === 0) throw new ExpressionError('division by zero');
  return value;
}

export function asInteger(value: NonNull): bigint | undefined {
  // String() returns the digits that were received, whereas the exact value of a double beyond 2^53
  // has different digits. From 1e21 on, String() returns a number with an exponent.
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(String(value)) : undefined;
  return isRawJson(value) && /^-?\d{1,400}$/.test(value.rawJSON)
    ? BigInt(value.rawJSON)
    : undefined;
}

export function fromInteger(value: bigint): number | RawJson {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : JSON.rawJSON(String(value));
}

function asDouble(sign: string, value: NonNull): number {
  if (isNumeric(value)) return isRawJson(value) ? Number(value.rawJSON) : value;
  throw new ExpressionError(
    `"${sign}" cannot be used with ${describe(value)}: convert it with int() or str()`,
  );
}

function asJsonNumber(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionError('the result is too large for a number');
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
  if (typeof container === 'string' && typeof sought === 'string')
    return container.includes(sought);
  if (isArray(container)) return container.some((item: JsonValue) => areEqual(item, sought));
  if (isPlainObject(container))
    return typeof sought === 'string' && Object.hasOwn(container, sought);
  throw new ExpressionError(`"in" cannot find ${describe(sought)} in ${describe(container)}`);
}

/** @throws ExpressionError if the value is not a number */
export function negate(value: NonNull): Value {
  const integer = asInteger(value);
  if (integer !== undefined) return fromInteger(-integer);
  if (typeof value === 'number') return -value;
  if (isRawJson(value)) return -Number(value.rawJSON);
  throw new ExpressionError(`"-" cannot be used with ${describe(value)}`);
}
