import { createHash } from 'node:crypto';
import type { TableName } from '@exact-spotter/schema';
import { isObject, type JsonValue } from '@exact-spotter/singer';
import type { SelectedEndpoint } from '../catalog.ts';
import { EXTRA } from '../rows/extra-column.ts';
import type { TapSettings } from '../settings.ts';

/** What the content of a stream's rows depends on besides the API. */
export interface ReadWith {
  readonly mapping: number;
  /** The selected columns, sorted and joined with commas; missing in states of earlier versions. */
  readonly columns?: string;
  readonly unknown_fields: TapSettings['unknown_fields'];
  /** Only if the stream has dates that the setting refers to. */
  readonly calls_clock?: TapSettings['calls_clock'];
}

export type ReadWithSettings = Pick<TapSettings, 'calls_clock' | 'unknown_fields'>;

/** What versions that did not remember it have read with. */
const EARLIER: ReadWith = { mapping: 1, unknown_fields: 'report', calls_clock: 'utc' };

/** Returns what the streams of endpoints are read with. */
export function currentReadWith(
  endpoints: readonly SelectedEndpoint[],
  { calls_clock, unknown_fields }: ReadWithSettings,
): ReadonlyMap<TableName, ReadWith> {
  return new Map(
    endpoints.flatMap(({ endpoint: { mapping = 1, clockSettings }, streams }) =>
      streams.map(({ stream, columns }) => [
        stream,
        {
          mapping,
          columns: [...columns]
            .filter((column) => column !== EXTRA)
            .sort()
            .join(),
          unknown_fields,
          ...(clockSettings && { calls_clock }),
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
    (now.unknown_fields === 'keep' && before.unknown_fields !== 'keep') ||
    (known !== undefined && columns.split(',').some((column) => !known.includes(column)))
  );
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

/** @returns undefined if a state does not say what was read with */
export function parseReadWith(value: JsonValue | undefined): ReadWith | undefined {
  if (!isObject(value)) return undefined;
  const { mapping, columns, unknown_fields: unknownFields, calls_clock: clock } = value;
  return {
    mapping: typeof mapping === 'number' ? mapping : EARLIER.mapping,
    ...(typeof columns === 'string' && { columns }),
    unknown_fields: unknownFields === 'keep' ? 'keep' : 'report',
    ...((clock === 'utc' || clock === 'wall') && { calls_clock: clock }),
  };
}
