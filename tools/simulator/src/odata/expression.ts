import { valueAt, type Row, type Scalar } from '../account/row.ts';
import { comparable } from '../seed/instant.ts';

/** What an operand is: `null` goes with everything. */
export type OperandType = Scalar | 'null';

export type Value = string | number | boolean | null;

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

export type Expression =
  | { readonly kind: 'literal'; readonly type: OperandType; readonly value: Value }
  | { readonly kind: 'member'; readonly type: OperandType; readonly path: readonly string[] }
  | {
      readonly kind: 'call';
      readonly type: OperandType;
      readonly name: FunctionName;
      readonly values: readonly Expression[];
    }
  | {
      readonly kind: 'comparison';
      readonly type: 'boolean';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'in';
      readonly type: 'boolean';
      readonly left: Expression;
      readonly values: readonly Expression[];
    }
  | {
      readonly kind: 'and' | 'or';
      readonly type: 'boolean';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'not'; readonly type: 'boolean'; readonly operand: Expression };

interface Signature {
  readonly takes: readonly Scalar[];
  readonly gives: Scalar;
}

/** The functions that the specification names, and two twins of `contains`. */
export const functions = {
  contains: { takes: ['string', 'string'], gives: 'boolean' },
  startswith: { takes: ['string', 'string'], gives: 'boolean' },
  endswith: { takes: ['string', 'string'], gives: 'boolean' },
  year: { takes: ['instant'], gives: 'int' },
  month: { takes: ['instant'], gives: 'int' },
  day: { takes: ['instant'], gives: 'int' },
} as const satisfies Readonly<Record<string, Signature>>;

export type FunctionName = keyof typeof functions;

type Read = (row: Row) => Value;

/**
 * Whether a row passes a filter. Null compares as in SQL: with `eq` and `ne` it is a value like
 * others, with the rest the answer is neither yes nor no, and the row does not pass.
 */
export function condition(filter: Expression): (row: Row) => boolean {
  const read = reader(filter);
  return (row) => read(row) === true;
}

/** Instants are read as texts that compare as instants do. */
function reader(expression: Expression): Read {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'member':
      return memberReader(expression.path, expression.type === 'instant');
    case 'call':
      return call(expression.name, expression.values);
    case 'comparison':
      return compared(expression.operator, reader(expression.left), reader(expression.right));
    case 'in':
      return among(expression.left, expression.values);
    case 'and':
      return both(reader(expression.left), reader(expression.right), false);
    case 'or':
      return both(reader(expression.left), reader(expression.right), true);
    case 'not':
      return not(reader(expression.operand));
  }
}

function memberReader(path: readonly string[], instant: boolean): Read {
  return (row) => {
    const value = valueAt(row, path);
    if (typeof value === 'string' && instant) return comparable(value) ?? null;
    return isValue(value) ? value : null;
  };
}

function isValue(value: unknown): value is Value {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function compared(operator: Comparison, left: Read, right: Read): Read {
  return (row) => {
    const [one, other] = [left(row), right(row)];
    if (operator === 'eq') return one === other;
    if (operator === 'ne') return one !== other;
    if (one === null || other === null) return null;
    if (operator === 'gt') return one > other;
    if (operator === 'ge') return one >= other;
    return operator === 'lt' ? one < other : one <= other;
  };
}

function among(left: Expression, values: readonly Expression[]): Read {
  const read = reader(left);
  const wanted = new Set(values.map((value) => reader(value)({})));
  return (row) => wanted.has(read(row));
}

/** `and` and `or` differ in the answer that decides alone. */
function both(left: Read, right: Read, deciding: boolean): Read {
  return (row) => {
    const one = left(row);
    if (one === deciding) return deciding;
    const other = right(row);
    if (other === deciding) return deciding;
    return one === null || other === null ? null : !deciding;
  };
}

function not(operand: Read): Read {
  return (row) => {
    const answer = operand(row);
    return answer === null ? null : answer !== true;
  };
}

function call(name: FunctionName, values: readonly Expression[]): Read {
  const [first, second] = values.map(reader);
  return (row) => {
    const [value, part] = [first?.(row) ?? null, second?.(row) ?? null];
    if (typeof value !== 'string') return null;
    if (name === 'year') return Number(value.slice(0, 4));
    if (name === 'month') return Number(value.slice(5, 7));
    if (name === 'day') return Number(value.slice(8, 10));
    if (typeof part !== 'string') return null;
    if (name === 'contains') return value.includes(part);
    return name === 'startswith' ? value.startsWith(part) : value.endsWith(part);
  };
}
