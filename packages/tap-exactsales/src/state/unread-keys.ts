import type { Keys, UnreadKeys } from '../request/read-request.ts';

/** The page keys that an interrupted read has not read, as a state holds them. */
export interface UnreadMarkers {
  /** All lower keys have been read; if keys are unique, this one as well. */
  readonly after: number;
  /** The unread ranges; missing in states of earlier versions. */
  readonly ranges?: string;
}

/** Returns the markers of a read that was interrupted when these keys were unread. */
export function unreadMarkers(unread: readonly [UnreadKeys, ...UnreadKeys[]]): UnreadMarkers {
  const sorted = unread.toSorted((one, other) => one.after - other.after);
  const [{ after } = unread[0]] = sorted;
  return {
    after,
    ranges: sorted.map(({ after: from, upTo }) => `${from}:${upTo ?? ''}`).join(' '),
  };
}

/** Returns the keys that an interrupted read still has to read. */
export function unreadKeys({ after, ranges = '' }: UnreadMarkers): readonly Keys[] {
  return parseRanges(ranges) ?? [{ after }];
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
