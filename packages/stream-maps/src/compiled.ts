import type { JsonRecord, JsonValue } from '@exact-spotter/singer';
import type { Kind, Value } from './value.ts';

/** What an expression sees of one record. */
export interface Scope {
  readonly record: JsonRecord;
  /** The value of the column that the expression stands for. */
  readonly self: JsonValue;
}

/** An expression, or a part of one, ready to be worked out. */
export interface Compiled {
  readonly run: (scope: Scope) => Value;
  /** What it gives beside null, as far as that is sure. */
  readonly kind?: Kind | undefined;
  /** What the items are of the list that it gives. */
  readonly items?: Kind | undefined;
  /** True for the record itself. */
  readonly isRecord?: true;
  /** The column that it hands on as it is. */
  readonly column?: string;
  /** The names that must be there, of `config`. */
  readonly fixed?: readonly string[];
}
