import { Random } from '../seed/random.ts';
import { includes } from './behaviour.ts';

/** A failure that is injected into one response. */
export type Fault =
  | { readonly status: number; readonly retryAfter?: number | string }
  | SimpleFault
  /** The body is sent at this many bytes per second. */
  | { readonly slowBody: number }
  /** The page starts this many rows later, or earlier if the number is negative. */
  | { readonly shiftedRows: number };

/**
 * Faults that change the content of a page. `emptyPage` keeps the page's count and link;
 * `mistakenEmptyPage` pretends that no row matches; `errorPage` has status 200.
 */
const contentFaults = [
  'emptyPage',
  'mistakenEmptyPage',
  'errorPage',
  'duplicateRows',
  'rowWithoutKey',
  'keyNull',
  'keyFraction',
  'childWithoutKey',
] as const;

export const simpleFaults = [
  ...contentFaults,
  'resetBeforeHeaders',
  'resetMidBody',
  'truncatedJson',
  'html',
  'wrongContentType',
  'headersNever',
  'chunkedWithoutEnd',
  'http10',
  'redirect',
  'gzipCut',
] as const;

type SimpleFault = (typeof simpleFaults)[number];

export type ContentFault = (typeof contentFaults)[number] | { readonly shiftedRows: number };

/** True if the fault changes the content of a page, but not how the page is sent. */
export function isContentFault(fault: Fault | undefined): fault is ContentFault {
  if (typeof fault === 'object') return 'shiftedRows' in fault;
  return contentFaults.some((one) => one === fault);
}

/** A fault and the requests that it applies to. */
export interface FaultRule {
  readonly match: {
    /** Only requests to this set (default: all sets). */
    readonly set?: string;
    /** Only the n-th matching request, counted from 1. */
    readonly nth?: number;
    /** Only every n-th matching request (default: every request). Ignored if `nth` is set. */
    readonly every?: number;
    /** The probability that the fault occurs, from 0 to 1 (default: 1). */
    readonly probability?: number;
    /** The seed of the random numbers (default: 1). */
    readonly seed?: number;
  };
  readonly fault: Fault;
}

/** Chooses the fault of each request. If several rules match, the first rule applies. */
export class FaultPlan {
  readonly #rules: { readonly rule: FaultRule; readonly random: Random; seen: number }[];

  constructor(rules: readonly FaultRule[]) {
    this.#rules = rules.map((rule) => ({
      rule,
      random: new Random(rule.match.seed ?? 1),
      seen: 0,
    }));
  }

  /** @returns undefined if the request succeeds */
  next(set: string): Fault | undefined {
    let found: Fault | undefined;
    for (const one of this.#rules) {
      const { set: only, nth, every = 1, probability = 1 } = one.rule.match;
      if (only !== undefined && !includes([only], set)) continue;
      one.seen += 1;
      const due = nth === undefined ? one.seen % every === 0 : one.seen === nth;
      if (due && one.random.chance(probability)) found ??= one.rule.fault;
    }
    return found;
  }
}
