import { tables, type TableName } from '@exact-spotter/schema';
import type { AccountClock } from './clock.ts';
import type { Feed } from './plan.ts';
import {
  childReader,
  misfits,
  rowReader,
  type Misfit,
  type RowReader,
  type WireRow,
} from './row.ts';
import type { SetLiteral } from './streams.ts';

/**
 * The readers of a feed's tables, the parent first.
 * @param misfitsOf who hears of values that do not fit a stream's columns; the log where it is missing
 */
export function feedReaders(
  { set, streams }: Feed,
  clock: AccountClock,
  misfitsOf: (stream: TableName) => Misfit = misfits,
): RowReader[] {
  return streams.map(({ stream, columns }) => {
    const child = set.children?.find((candidate) => candidate.stream === stream);
    const misfit = misfitsOf(stream);
    return child
      ? childReader(set, child, columns, clock, misfit)
      : rowReader(set, columns, clock, misfit);
  });
}

/**
 * The members to ask for with `$select`; undefined where every column is wanted, or the rows have
 * an array that the server would not select.
 */
export function selectedMembers(feeds: readonly Feed[]): string[] | undefined {
  if (feeds.every(isWhole)) return undefined;
  const members = feeds.flatMap(feedMembers);
  return [...new Set(members)];
}

function isWhole({ set, streams }: Feed): boolean {
  const tablesOfSet = [set.stream, ...(set.children ?? []).map(({ stream }) => stream)];
  return tablesOfSet.every((table) => {
    const selected = streams.find(({ stream }) => stream === table);
    return selected?.columns.size === Object.keys(tables[table].properties).length;
  });
}

function feedMembers({ set, streams }: Feed): string[] {
  const own = streams.find(({ stream }) => stream === set.stream);
  const key = new Set<string>(tables[set.stream]['x-key']);
  const columns = [...(own?.columns ?? []), ...key];
  const arrays = (set.children ?? [])
    .filter(({ stream }) => streams.some((selected) => selected.stream === stream))
    .map(({ array }) => array);
  return [
    ...rootsOf(set, columns).map(([first = '']) => first),
    ...arrays,
    ...(set.alsoSelect ?? []),
    set.pageKey.member,
    ...(set.date ? [set.date.member] : []),
  ];
}

/** For each column the members of the object itself that it may stand in, the likeliest first. */
function rootsOf({ columns: sources }: SetLiteral, columns: readonly string[]): string[][] {
  return columns.map((column) =>
    [sources[column] ?? column].flat().map((source) => source.split('.')[0] ?? source),
  );
}

/** The members of a feed's own table that no row has: perhaps the set does not bear them. */
export function missingMembers({ set, streams }: Feed, rows: readonly WireRow[]): string[] {
  const own = streams.find(({ stream }) => stream === set.stream);
  return rootsOf(set, [...(own?.columns ?? [])]).flatMap((roots) =>
    rows.some((row) => roots.some((root) => Object.hasOwn(row, root))) ? [] : (roots[0] ?? []),
  );
}
