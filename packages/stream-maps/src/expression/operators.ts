import { isRawJson, type JsonValue, type RawJson } from '@exact-spotter/singer';
import {
  ExpressionFault,
  isArray,
  isNumeric,
  isObject,
  isTruthy,
  Moment,
  nameOf,
  type Compiled,
  type Kind,
  type Scope,
  type Value,
} from './value.ts';

export function unary(operator: string, { run, kind }: Compiled): Compiled {
  if (operator === 'not') return { run: (scope) => !isTruthy(run(scope)), kind: 'boolean' };
  const sign = operator === '-' ? negate : (value: Exclude<Value, null>) => value;
  return {
    run: (scope) => {
      const value = run(scope);
      return value === null ? null : sign(value);
    },
    kind,
  };
}

export function isLogical(operator: string): operator is 'and' | 'or' {
  return operator === 'and' || operator === 'or';
}

/** Gives one of its sides, as in Python: `name or 'nobody'`. */
export function logical(operator: 'and' | 'or', left: Compiled, right: Compiled): Compiled {
  const stops = operator === 'or';
  const run = (scope: Scope): Value => {
    const value = left.run(scope);
    return isTruthy(value) === stops ? value : right.run(scope);
  };
  return { run, kind: sameKind(left, right) };
}

export function condition(test: Compiled, consequent: Compiled, alternate: Compiled): Compiled {
  return {
    run: (scope) => (isTruthy(test.run(scope)) ? consequent : alternate).run(scope),
    kind: sameKind(consequent, alternate),
  };
}

export function binary(operator: string, left: Compiled, right: Compiled): Compiled {
  if (operator === '==' || operator === 'is') return equality(left, right, true);
  if (operator === '!=' || operator === 'is not') return equality(left, right, false);
  const operate = operators[operator];
  if (!operate) throw new ExpressionFault(`the operator "${operator}" is not known here`);
  const run = (scope: Scope): Value => {
    const [one, other] = [left.run(scope), right.run(scope)];
    return one === null || other === null ? null : operate(one, other);
  };
  return { run, kind: resultKind(operator, left, right) };
}

function equality(left: Compiled, right: Compiled, wanted: boolean): Compiled {
  return {
    run: (scope) => areEqual(left.run(scope), right.run(scope)) === wanted,
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

/** A side that is null, as `None`, says nothing. */
function sameKind(left: Compiled, right: Compiled): Kind | undefined {
  return left.kind === right.kind ? left.kind : undefined;
}

type Given = Exclude<Value, null>;

/** The operators on two values that are both there, by their sign. */
export const operators: Readonly<Record<string, (left: Given, right: Given) => Value>> = {
  '+': add,
  '-': (left, right) => count('-', left, right),
  '*': (left, right) => count('*', left, right),
  '/': (left, right) => asJsonNumber(asDouble('/', left) / divisor(asDouble('/', right))),
  '//': (left, right) => count('//', left, right),
  '%': (left, right) => count('%', left, right),
  '<': (left, right) => compare(left, right) < 0,
  '<=': (left, right) => compare(left, right) <= 0,
  '>': (left, right) => compare(left, right) > 0,
  '>=': (left, right) => compare(left, right) >= 0,
  in: (left, right) => contains(right, left),
  'not in': (left, right) => !contains(right, left),
};

/** Numbers by their value, objects and lists by their JSON; what is of another kind is not equal. */
export function areEqual(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (isNumeric(left) && isNumeric(right)) return compare(left, right) === 0;
  if (left instanceof Moment && right instanceof Moment) return compare(left, right) === 0;
  if (typeof left !== 'object' || typeof right !== 'object') return false;
  return nameOf(left) === nameOf(right) && JSON.stringify(left) === JSON.stringify(right);
}

function add(left: Given, right: Given): Value {
  if (typeof left === 'string' && typeof right === 'string') return left + right;
  if (isArray(left) && isArray(right)) return [...left, ...right];
  return count('+', left, right);
}

/** Whole numbers stay whole to their last digit; others are doubles. */
function count(sign: string, left: Given, right: Given): number | RawJson {
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

/** Division and its rest round down, as in Python. */
function integers(sign: string, left: bigint, right: bigint): bigint {
  if (sign === '+') return left + right;
  if (sign === '-') return left - right;
  if (sign === '*') return left * right;
  if (right === 0n) divisor(0);
  const rest = ((left % right) + right) % right;
  return sign === '%' ? rest : (left - rest) / right;
}

function divisor(value: number): number {
  if (value === 0) throw new ExpressionFault('the expression divides by zero');
  return value;
}

export function asInteger(value: Given): bigint | undefined {
  // Past 1e21 a double is written with an exponent, and was one when it came.
  if (typeof value === 'number')
    // The digits that came, not those of the double: past 2^53 they differ.
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(String(value)) : undefined;
  return isRawJson(value) && /^-?\d{1,400}$/.test(value.rawJSON)
    ? BigInt(value.rawJSON)
    : undefined;
}

export function fromInteger(value: bigint): number | RawJson {
  const short = Number(value);
  return Number.isSafeInteger(short) ? short : JSON.rawJSON(String(value));
}

function asDouble(sign: string, value: Given): number {
  if (isNumeric(value)) return isRawJson(value) ? Number(value.rawJSON) : value;
  throw new ExpressionFault(`"${sign}" meets ${nameOf(value)}: convert it with int() or str()`);
}

function asJsonNumber(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new ExpressionFault('a number grows beyond what JSON can hold');
}

/** @returns less than 0, 0, or more */
export function compare(left: Given, right: Given): number {
  if (typeof left === 'string' && typeof right === 'string') return orderOfTexts(left, right);
  if (left instanceof Moment && right instanceof Moment)
    return order(left.sortable(), right.sortable());
  if (isNumeric(left) && isNumeric(right)) {
    const [whole, other] = [asInteger(left), asInteger(right)];
    return whole !== undefined && other !== undefined
      ? order(whole, other)
      : order(asDouble('<', left), asDouble('<', right));
  }
  throw new ExpressionFault(`${nameOf(left)} cannot be compared with ${nameOf(right)}`);
}

/** By code points, as in Python: `<` would compare UTF-16 units. UTF-8 sorts as code points do. */
function orderOfTexts(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function order<T extends string | number | bigint>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function contains(container: Given, sought: Given): boolean {
  if (typeof container === 'string' && typeof sought === 'string')
    return container.includes(sought);
  if (isArray(container)) return container.some((item: JsonValue) => areEqual(item, sought));
  if (isObject(container)) return typeof sought === 'string' && Object.hasOwn(container, sought);
  throw new ExpressionFault(`"in" looks for ${nameOf(sought)} in ${nameOf(container)}`);
}

/** @throws ExpressionFault where the value is no number */
export function negate(value: Given): Value {
  const integer = asInteger(value);
  if (integer !== undefined) return fromInteger(-integer);
  if (typeof value === 'number') return -value;
  if (isRawJson(value)) return -Number(value.rawJSON);
  throw new ExpressionFault(`"-" is given ${nameOf(value)}`);
}
