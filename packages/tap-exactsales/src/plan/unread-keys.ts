import { milliseconds, type Instant } from '@exact-spotter/singer';
import type { Keys, UnreadKeys } from '../request/read-request.ts';

/** The page keys that an interrupted read has not read, as a state holds them. */
export interface UnreadMarkers {
  /** All keys up to this one have been read. */
  readonly after: number;
  /**
   * The unread ranges, unless all keys after `after` are unread, by the version of the read: programs
   * that merge states must not mix the ranges of two reads.
   */
  readonly ranges?: Readonly<Record<string, string>>;
}

/** The read that the markers are of. */
interface Read {
  readonly version?: number | undefined;
  readonly startedAt: Instant;
}

/** Returns the markers of a read that was interrupted when these keys were unread. */
export function unreadMarkers(
  unread: readonly [UnreadKeys, ...UnreadKeys[]],
  read: Read,
): UnreadMarkers {
  const sorted = unread.toSorted((one, other) => one.after - other.after);
  const [{ after, upTo: end } = unread[0]] = sorted;
  if (sorted.length === 1 && end === undefined) return { after };
  const text = sorted.map(({ after: from, upTo }) => `${from}:${upTo ?? ''}`).join(' ');
  return { after, ranges: { [nameOf(read)]: text } };
}

/** Returns the keys that a read still has to read. The ranges of other versions are ignored. */
export function unreadKeys({ after, ranges = {} }: UnreadMarkers, read: Read): readonly Keys[] {
  return parseRanges(ranges[nameOf(read)] ?? '') ?? [{ after }];
}

function nameOf({ version, startedAt }: Read): string {
  return String(version ?? milliseconds(startedAt));
}

/** @returns undefined if the text is not a list of ranges */
function parseRanges(text: string): Keys[] | undefined {
  const ranges: Keys[] = [];
  for (const range of text.split(' ')) {
    const [, after, upTo] = /^(-?\d[\d.e+]*):(-?\d[\d.e+]*)?$/.exec(range) ?? [];
    const keys = { after: Number(after), ...(upTo !== undefined && { upTo: Number(upTo) }) };
    if (!Object.values(keys).every(Number.isFinite)) return undefined;
    ranges.push(keys);
  }
  return ranges;
}
