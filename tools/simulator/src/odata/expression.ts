import { valueAt, type Row, type Scalar } from '../account/row.ts';
import { comparable, shiftComparable } from '../seed/moment.ts';

/** The type of an operand. Values of type `null` can be compared with every type. */
export type OperandType = Scalar | 'null';

export type Value = string | number | boolean | null;

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** A parsed and type-checked expression. */
export type Expression =
  | { readonly kind: 'literal'; readonly type: OperandType; readonly value: Value }
  | {
      readonly kind: 'member';
      readonly type: OperandType;
      readonly path: readonly string[];
      /** The number of milliseconds to add to an instant. */
      readonly shift?: number;
    }
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
  | { readonly kind: 'not'; readonly type: 'boolean'; readonly operand: Expression }
  /**
   * True if the list at the path has elements. Only the server adds this expression to a filter.
   */
  | { readonly kind: 'notEmpty'; readonly type: 'boolean'; readonly path: readonly string[] };

interface Signature {
  readonly parameters: readonly Scalar[];
  readonly returns: Scalar;
}

/** The functions that filters may call. The API documents all but `startswith` and `endswith`. */
export const functions = {
  contains: { parameters: ['string', 'string'], returns: 'boolean' },
  startswith: { parameters: ['string', 'string'], returns: 'boolean' },
  endswith: { parameters: ['string', 'string'], returns: 'boolean' },
  year: { parameters: ['instant'], returns: 'int' },
  month: { parameters: ['instant'], returns: 'int' },
  day: { parameters: ['instant'], returns: 'int' },
} as const satisfies Readonly<Record<string, Signature>>;

export type FunctionName = keyof typeof functions;

type Evaluate = (row: Row) => Value;

/**
 * Compiles a filter to a predicate for rows. `eq` and `ne` treat null as an ordinary value. All other
 * comparisons with null yield null, and a row does not match if the filter yields null.
 */
export function matcher(filter: Expression): (row: Row) => boolean {
  const evaluate = evaluator(filter);
  return (row) => evaluate(row) === true;
}

/** Compiles an expression. Instants become strings that sort chronologically. */
function evaluator(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'literal':
      return () => expression.value;
    case 'member':
      return memberEvaluator(expression.path, expression.type === 'instant', expression.shift);
    case 'call':
      return call(expression.name, expression.values);
    case 'comparison':
      return comparison(
        expression.operator,
        evaluator(expression.left),
        evaluator(expression.right),
      );
    case 'in':
      return isIn(expression.left, expression.values);
    case 'and':
      return logical(evaluator(expression.left), evaluator(expression.right), false);
    case 'or':
      return logical(evaluator(expression.left), evaluator(expression.right), true);
    case 'not':
      return not(evaluator(expression.operand));
    case 'notEmpty':
      return notEmpty(expression.path);
  }
}

function memberEvaluator(path: readonly string[], instant: boolean, shift = 0): Evaluate {
  return (row) => {
    const value = valueAt(row, path);
    if (typeof value === 'string' && instant) {
      const text = comparable(value) ?? null;
      return shift === 0 || text === null ? text : shiftComparable(text, shift);
    }
    return isValue(value) ? value : null;
  };
}

function notEmpty(path: readonly string[]): Evaluate {
  return (row) => {
    const value = valueAt(row, path);
    return Array.isArray(value) && value.length > 0;
  };
}

function isValue(value: unknown): value is Value {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function comparison(operator: Comparison, left: Evaluate, right: Evaluate): Evaluate {
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

function isIn(left: Expression, values: readonly Expression[]): Evaluate {
  const evaluate = evaluator(left);
  const wanted = new Set(values.map((value) => evaluator(value)({})));
  return (row) => wanted.has(evaluate(row));
}

/**
 * @param deciding the operand that determines the result by itself: false for `and`, true for `or`
 */
function logical(left: Evaluate, right: Evaluate, deciding: boolean): Evaluate {
  return (row) => {
    const one = left(row);
    if (one === deciding) return deciding;
    const other = right(row);
    if (other === deciding) return deciding;
    return one === null || other === null ? null : !deciding;
  };
}

function not(operand: Evaluate): Evaluate {
  return (row) => {
    const answer = operand(row);
    return answer === null ? null : answer !== true;
  };
}

function call(name: FunctionName, values: readonly Expression[]): Evaluate {
  const [first, second] = values.map(evaluator);
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
