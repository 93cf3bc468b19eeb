import type { TableName } from '@exact-spotter/schema';
import { fromMilliseconds, log, ProgramError } from '@exact-spotter/singer';
import { connect, type Client } from './api/client.ts';
import { ApiMissingError, isEndpointError } from './api/errors.ts';
import type { ApiRow } from './api/odata.ts';
import { endpointGroups, type SelectedEndpoint, type SelectedStream } from './catalog.ts';
import { underNextPath } from './endpoints.ts';
import { openWriter } from './output/writer.ts';
import { byKeyOrOffset } from './paging/pages.ts';
import { ServerLimits } from './request/server-limits.ts';
import { dateFilter } from './plan/date-range.ts';
import { planRead, planSettings, type PlanSettings } from './plan/plan.ts';
import type { State } from './plan/state.ts';
import { membersToSelect } from './rows/api-members.ts';
import { readersOf, type StreamRow } from './rows/readers.ts';
import { Timezone } from './rows/timezone.ts';
import type { TapSettings } from './settings.ts';

type Selected = ReadonlyMap<TableName, SelectedStream>;

/**
 * Writes the SCHEMA message of each selected stream, for `--test=schema`. Does not use the network.
 */
export async function writeSchemas(
  settings: TapSettings,
  selected: Selected,
  state: State,
): Promise<void> {
  const writer = await openWriter(settings, selected, state);
  for (const stream of selected.values()) await writer.schema(stream);
  await writer.end();
}

/**
 * Writes the schema and up to one record of each selected stream, for `--test`. Sends the same
 * requests as a run. Writes no STATE, because the state would cover rows that were not read.
 * @throws ProgramError at the end if an endpoint could not be read, or immediately if no endpoint
 * can be read
 */
export async function writeSample(
  settings: TapSettings,
  selected: Selected,
  state: State,
  termination: AbortSignal,
): Promise<void> {
  const writer = await openWriter(settings, selected, state);
  const { client, close } = connect(settings, termination);
  const timezone = new Timezone(settings.timezone);
  const context = { client, timezone, state, settings: planSettings(settings, timezone) };
  try {
    const failed: string[] = [];
    const waiting = endpointGroups(selected, settings).flat();
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      for (const stream of one.streams) await writer.schema(stream);
      try {
        await writer.rows(await sampleOf(one, context), new Map(), Date.now());
      } catch (error) {
        if (!isEndpointError(error)) throw error;
        const other = error instanceof ApiMissingError ? underNextPath(one.endpoint) : undefined;
        const { path, stream, optional } = one.endpoint;
        if (other) waiting.unshift({ ...one, endpoint: other });
        else if (error instanceof ApiMissingError && optional)
          log.warning(error.message, { stream });
        else {
          log.error(error.message, { stream });
          failed.push(path);
        }
      }
    }
    if (failed.length > 0) {
      throw new ProgramError(`The test failed for ${failed.join(', ')}; see the errors above.`);
    }
  } catch (error) {
    termination.throwIfAborted();
    throw error;
  } finally {
    await close();
    await writer.end();
  }
}

interface Context {
  readonly client: Client;
  readonly timezone: Timezone;
  readonly state: State;
  readonly settings: PlanSettings;
}

/** How many rows to choose from. Among this many rows, one is likely to have children. */
const CHOICE = 25;

/**
 * With these assumptions, a read does not verify the end of the set, which a sample does not need.
 */
const ANYTHING = {
  ...{ hadRows: false, singlePage: undefined },
  ...{ isCountProven: true, rowsExpected: 0 },
};

/** Returns up to one row for each stream of an endpoint. */
async function sampleOf(
  selected: SelectedEndpoint,
  { client, timezone, state, settings }: Context,
): Promise<StreamRow[]> {
  const { endpoint } = selected;
  const { range } = planRead([selected], state, settings, fromMilliseconds(Date.now()));
  const dates = dateFilter(endpoint, range, timezone);
  const select = membersToSelect([selected]);
  const limits = new ServerLimits(endpoint.path, CHOICE);
  const request = { endpoint, limits, dates, earlier: ANYTHING, ...(select && { select }) };
  for await (const { rows, isLast } of byKeyOrOffset(client, request)) {
    const wanted = rows.filter((row) => dates.contains(row));
    if (wanted.length > 0 || isLast) return oneOfEach(selected, wanted, timezone);
  }
  return [];
}

/**
 * Returns one row per stream: a row of the endpoint and its first children, preferably with a child
 * in every stream.
 */
function oneOfEach(
  selected: SelectedEndpoint,
  rows: readonly ApiRow[],
  timezone: Timezone,
): StreamRow[] {
  const readers = readersOf(selected, timezone);
  const candidates = rows.map((row) =>
    readers.flatMap((reader) =>
      reader
        .read(row, () => undefined)
        .slice(0, 1)
        .map((tableRow) => ({ stream: reader.stream, row: tableRow })),
    ),
  );
  const whole = candidates.find((candidate) => candidate.length === readers.length);
  return whole ?? candidates[0] ?? [];
}
