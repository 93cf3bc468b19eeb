import { Draws } from '../seed/random.ts';
import { includes } from './behaviour.ts';

/** What goes wrong with one answer. */
export type Fault =
  | { readonly status: number; readonly retryAfter?: number | string }
  | SimpleFault
  /** The body at so many bytes a second. */
  | { readonly slowBody: number }
  /** The page begins so many rows later; earlier where negative. */
  | { readonly shiftedRows: number };

export const simpleFaults = [
  'resetBeforeHeaders',
  'resetMidBody',
  'truncatedJson',
  'html',
  'wrongContentType',
  'headersNever',
  'chunkedWithoutEnd',
  'http10',
  'emptyPage',
  'duplicateRows',
  'rowWithoutKey',
  'redirect',
  'gzipCut',
] as const;

type SimpleFault = (typeof simpleFaults)[number];

export interface FaultRule {
  readonly match: {
    readonly set?: string;
    /** Only the n-th request that matches, from 1. */
    readonly nth?: number;
    /** Every n-th request that matches. */
    readonly every?: number;
    readonly probability?: number;
    readonly seed?: number;
  };
  readonly fault: Fault;
}

/** Goes through a plan of faults, request by request: the first rule that matches decides. */
export class FaultPlan {
  readonly #rules: { readonly rule: FaultRule; readonly draws: Draws; seen: number }[];

  constructor(rules: readonly FaultRule[]) {
    this.#rules = rules.map((rule) => ({ rule, draws: new Draws(rule.match.seed ?? 1), seen: 0 }));
  }

  next(set: string): Fault | undefined {
    let found: Fault | undefined;
    for (const one of this.#rules) {
      const { set: only, nth, every = 1, probability = 1 } = one.rule.match;
      if (only !== undefined && !includes([only], set)) continue;
      one.seen += 1;
      const due = nth === undefined ? one.seen % every === 0 : one.seen === nth;
      if (due && one.draws.chance(probability)) found ??= one.rule.fault;
    }
    return found;
  }
}
