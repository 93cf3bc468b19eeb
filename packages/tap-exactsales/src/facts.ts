import { log } from '@exact-spotter/singer';

/** An option of the query language that a set may turn out not to honour. */
export type Option =
  'select' | 'date filter' | 'date end' | 'count' | 'key filter' | 'orderby' | 'top';

/** What a run does without the option. */
const CONSEQUENCES: Readonly<Record<Option, string>> = {
  select: 'all columns are asked for, and left out here',
  count: 'the end is told by a page without new rows',
  'date filter': 'the set is read whole, and filtered here',
  'date end': 'later rows are asked for too, and left out here',
  'key filter': 'its pages are counted off from the beginning',
  orderby: 'its pages are taken as they come',
  top: 'its pages are as long as the API makes them',
};

/** Rows that are not halved any more: a set that cannot give so many in time cannot be read. */
export const FEWEST_ROWS = 25;

/** What has been found out about a set in this run: an option that failed is not asked for again. */
export class SetFacts {
  readonly #path: string;
  readonly #failed = new Set<Option>();
  /** Rows to ask for. */
  top: number;
  /** The longest page so far. */
  longestPage = 0;

  constructor(path: string, pageSize: number) {
    this.#path = path;
    // One row is read twice where a key has more rows than a page: a page of one would never get on.
    this.top = Math.max(2, pageSize);
  }

  honours(option: Option): boolean {
    return !this.#failed.has(option);
  }

  /** Notes, and says once, that an option does not work here. */
  fails(option: Option, how: 'rejected' | 'ignored'): void {
    if (this.#failed.has(option)) return;
    this.#failed.add(option);
    log.warning(`${this.#path}: the API ${VERBS[how]} the ${option}; ${CONSEQUENCES[option]}.`);
  }

  /** Fewer rows next time. @returns false when there are few enough already */
  halve(): boolean {
    if (this.top <= FEWEST_ROWS) return false;
    this.top = Math.max(FEWEST_ROWS, Math.floor(this.top / 2));
    log.warning(`${this.#path}: no answer in time; asking for ${this.top} rows at a time.`);
    return true;
  }

  /** Fewer rows from now on: so many are refused. @returns false when there are few enough already */
  lower(): boolean {
    const next = ROUND_SIZES.find((size) => size < this.top);
    if (next === undefined) return false;
    this.top = next;
    log.warning(`${this.#path}: the API refuses so many rows; asking for ${next} at a time.`);
    return true;
  }
}

/** What is known of a set so far. */
export function factsOf(path: string, facts: Map<string, SetFacts>, pageSize: number): SetFacts {
  const known = facts.get(path) ?? new SetFacts(path, pageSize);
  facts.set(path, known);
  return known;
}

const VERBS = { rejected: 'rejects', ignored: 'does not heed' } as const;
/** Bounds that a server may set. */
const ROUND_SIZES = [1000, 500, 250, 200, 100, 50, 25, 10];
