import type { Moment } from './instant.ts';
import type { Ordering } from './ordering.ts';
import type { Properties, Row } from './properties.ts';
import type { Range } from './share.ts';

/** One set of the account: how its rows are made, and what is known of them. */
export interface Definition {
  readonly name: string;
  /** The name of the entity's type in `$metadata`. */
  readonly entity: string;
  readonly properties: Properties;
  /** Rows that the account begins with: indexes 0 to count - 1. Rows added later have higher ones. */
  readonly count: number;
  row(index: number): Row;
  /** The paths that tell one row from all others. */
  readonly key: readonly string[];
  readonly orderings: readonly Ordering[];
  /** Members that hold the moment when a row is added, or changed. */
  readonly addedAt: readonly string[];
  readonly changedAt?: readonly string[];
  /** How the set writes such a moment. */
  stamp(moment: Moment): string;
  /** The lead that a row hangs on. */
  readonly owner?: { readonly path: string; rowsOf(lead: number): Range };
  /** Members that `$select` refuses. */
  readonly unselectable?: readonly string[];
}
