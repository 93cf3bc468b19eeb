import type { AccountClock } from '../clock.ts';
import { dateFilter, dateReader, type DateFilter } from '../date-range.ts';
import type { Option } from '../facts.ts';
import { later } from '../instant.ts';
import { pageOrder } from '../page-order.ts';
import { literal } from '../odata.ts';
import type { AskedPage, Position } from '../page-query.ts';
import { valueAt, type WireRow } from '../row.ts';
import type { SetLiteral } from '../streams.ts';

/**
 * A query of which the rows already seen tell the right answer: some belong to it, and some, which
 * a server that does not heed the filter would send first, do not.
 */
export interface Question {
  /** The option that is in question. */
  readonly option: Option;
  readonly position: Position;
  readonly dates: DateFilter;
  readonly select?: readonly string[];
  readonly top: number;
  /** Whether a row belongs to the answer. */
  keeps(row: WireRow): boolean;
  /** True where rows are known to be left behind the page. */
  readonly hasMore: boolean;
}

/** Rows of a page that is asked for to see a filter by. */
const SOME = 50;
/** Keys between which rows are asked for. */
const FEW = 10;

/** Rows behind the lowest key, in the order of a run; fewer than there are. */
export function keyQuestion(
  set: SetLiteral,
  { rows }: AskedPage,
  dates: DateFilter,
): Question | undefined {
  const { member } = set.pageKey;
  const [lowest, ...others] = distinctKeys(set, rows);
  if (lowest === undefined || others.length === 0) return undefined;
  const keeps = (row: WireRow): boolean => (keyOf(set, row) ?? lowest) > lowest;
  const behind = rows.filter(keeps).length;
  const top = Math.max(1, Math.min(SOME, behind - 1));
  return {
    option: 'key filter',
    position: { key: `${member} gt ${literal(lowest)}`, orderby: pageOrder(set), count: false },
    dates,
    top,
    keeps,
    hasMore: behind > top,
  };
}

/**
 * The rows between two keys, all of which are known, from the last to the first, with nothing of
 * them but the key. What comes is a last page.
 */
export function betweenQuestion(
  set: SetLiteral,
  { rows }: AskedPage,
  dates: DateFilter,
  isWholeSet: boolean,
): Question | undefined {
  const { member } = set.pageKey;
  const keys = distinctKeys(set, rows);
  // The last key of a page may have more rows behind it.
  const [above, ...wanted] = keys.slice(0, isWholeSet ? FEW : Math.min(FEW, keys.length - 1));
  const upTo = wanted.at(-1);
  if (above === undefined || upTo === undefined) return undefined;
  const keeps = (row: WireRow): boolean => {
    const key = keyOf(set, row) ?? above;
    return key > above && key <= upTo;
  };
  const [key = '', ...ties] = pageOrder(set);
  return {
    option: 'key filter',
    position: {
      key: `${member} gt ${literal(above)} and ${member} le ${literal(upTo)}`,
      orderby: [`${key} desc`, ...ties],
      count: false,
    },
    dates,
    select: [member],
    top: rows.filter(keeps).length + 1,
    keeps,
    hasMore: false,
  };
}

/** Rows from the latest known date on; none where no row is so old that it would betray the server. */
export function dateQuestion(
  set: SetLiteral,
  { rows }: AskedPage,
  clock: AccountClock,
): Question | undefined {
  const dateOf = dateReader(set, clock);
  const dates = rows.flatMap((row) => dateOf(row) ?? []);
  if (!set.date || dates.length === 0) return undefined;
  const filter = dateFilter(set, { from: dates.reduce(later) }, clock);
  const isTelling = rows.slice(0, SOME).some((row) => filter.unheeded(row) !== undefined);
  if (!isTelling) return undefined;
  return {
    option: 'date filter',
    position: { orderby: pageOrder(set), count: false },
    dates: filter,
    top: SOME,
    keeps: (row) => filter.unheeded(row) === undefined,
    hasMore: false,
  };
}

export function keyOf({ pageKey }: SetLiteral, row: WireRow): number | undefined {
  const key = valueAt(row, pageKey.member.split('.'));
  return typeof key === 'number' ? key : undefined;
}

/** In order of size. */
function distinctKeys(set: SetLiteral, rows: readonly WireRow[]): number[] {
  const keys = new Set(rows.flatMap((row) => keyOf(set, row) ?? []));
  return [...keys].sort((left, right) => left - right);
}
