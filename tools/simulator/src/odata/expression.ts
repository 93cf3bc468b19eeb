import type { Scalar } from '../account/properties.ts';

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
