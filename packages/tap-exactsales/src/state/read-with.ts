import { createHash } from 'node:crypto';
import { tables, type TableName } from '@exact-spotter/schema';
import { isObject, type Instant, type JsonSchema, type JsonValue } from '@exact-spotter/singer';
import type { SelectedEndpoint } from '../catalog.ts';
import type { Endpoint } from '../endpoints.ts';
import { EXTRA } from '../rows/extra-column.ts';
import { Timezone } from '../rows/timezone.ts';
import type { TapSettings } from '../settings.ts';

/** What the content of a stream's rows depends on besides the API. */
export interface ReadWith {
  readonly mapping: number;
  /** The selected columns, sorted and joined with commas; missing in states of earlier versions. */
  readonly columns?: string;
  readonly unknown_fields: TapSettings['unknown_fields'];
  /** Only if the stream has dates that the setting refers to. */
  readonly calls_clock?: TapSettings['calls_clock'];
  /** Only if the stream has dates that are read on the account's clock. */
  readonly timezone?: string;
  /**
   * The date from which on all rows have been read. Missing in states of earlier versions, and for
   * streams that are not read by date.
   */
  readonly start_date?: Instant;
}

export type ReadWithSettings = Pick<TapSettings, 'calls_clock' | 'timezone' | 'unknown_fields'>;

/** What versions that did not remember it have read with. */
const EARLIER: ReadWith = { mapping: 1, unknown_fields: 'report', calls_clock: 'utc' };

/** Returns what the streams of endpoints are read with. */
export function currentReadWith(
  endpoints: readonly SelectedEndpoint[],
  { calls_clock, timezone, unknown_fields }: ReadWithSettings,
): ReadonlyMap<TableName, ReadWith> {
  return new Map(
    endpoints.flatMap(({ endpoint, streams }) =>
      streams.map(({ stream, columns }) => [
        stream,
        {
          mapping: endpoint.mapping ?? 1,
          columns: [...columns]
            .filter((column) => column !== EXTRA)
            .sort()
            .join(),
          unknown_fields,
          ...(endpoint.clockSettings && { calls_clock }),
          ...(hasLocalDates(endpoint, stream, columns) && { timezone }),
        },
      ]),
    ),
  );
}

/**
 * True if the rows that were sent before lack something, so that the stream has to be read
 * completely once. Columns that are no longer selected are no reason.
 */
export function lacksSomething(before: ReadWith = EARLIER, now: ReadWith): boolean {
  const { calls_clock: clockBefore = 'utc', columns: columnsBefore } = before;
  const { calls_clock: clock = clockBefore, columns = '' } = now;
  const known = columnsBefore?.split(',');
  return (
    now.mapping > before.mapping ||
    clock !== clockBefore ||
    (before.timezone !== undefined &&
      now.timezone !== undefined &&
      now.timezone !== before.timezone) ||
    (now.unknown_fields === 'keep' && before.unknown_fields !== 'keep') ||
    (known !== undefined && columns.split(',').some((column) => !known.includes(column)))
  );
}

/**
 * True if a stream has a date-time that is read on the account's clock, or may be: one whose zone is
 * not documented and that may have no suffix.
 */
function hasLocalDates(
  { clocks = {} }: Endpoint,
  stream: TableName,
  columns: ReadonlySet<string>,
): boolean {
  const properties = tables[stream].properties as Readonly<Record<string, JsonSchema>>;
  return [...columns].some((column) => {
    const clock = clocks[column] ?? 'zoned';
    const isLocal = clock === 'wall' || clock === 'zoned';
    return isLocal && properties[column]?.['format'] === 'date-time';
  });
}

/** Returns a short text that differs if the streams of a read are read with something else. */
export function hashOf(readWith: ReadonlyMap<TableName, ReadWith>): string {
  return createHash('sha256')
    .update(JSON.stringify([...readWith]))
    .digest('hex')
    .slice(0, 16);
}

/** True if a read that an earlier version began can be continued. */
export function isLikeEarlier(readWith: ReadonlyMap<TableName, ReadWith>): boolean {
  return [...readWith.values()].every((now) => !lacksSomething(EARLIER, now));
}

const utc = new Timezone('UTC');

/** @returns undefined if a state does not say what was read with */
export function parseReadWith(value: JsonValue | undefined): ReadWith | undefined {
  if (!isObject(value)) return undefined;
  const { mapping, columns, unknown_fields: unknownFields, calls_clock: clock } = value;
  const { timezone, start_date: start } = value;
  const startDate = typeof start === 'string' ? utc.toInstant(start, 'utc') : undefined;
  return {
    mapping: typeof mapping === 'number' ? mapping : EARLIER.mapping,
    ...(typeof columns === 'string' && { columns }),
    unknown_fields: unknownFields === 'keep' ? 'keep' : 'report',
    ...((clock === 'utc' || clock === 'wall') && { calls_clock: clock }),
    ...(typeof timezone === 'string' && { timezone }),
    ...(startDate !== undefined && { start_date: startDate }),
  };
}
