import type { TableName } from '@exact-spotter/schema';
import { log, ProgramError } from '@exact-spotter/singer';
import type { Client } from './client.ts';
import { AccountClock } from './clock.ts';
import { connect } from './connection.ts';
import { dateFilter } from './date-range.ts';
import { isSetFault } from './errors.ts';
import { SetFacts } from './facts.ts';
import { feedReaders, selectedMembers } from './feed.ts';
import { fromMilliseconds } from './instant.ts';
import { readPages } from './pages.ts';
import { feedGroups, planRead, type Feed, type PlanSettings } from './plan.ts';
import { openWriter } from './open-writer.ts';
import { planSettings } from './plan-settings.ts';
import type { WireRow } from './row.ts';
import type { SelectedStream } from './select.ts';
import type { TapSettings } from './settings.ts';
import type { State } from './state.ts';
import { boundedTermination } from './termination.ts';
import type { OutgoingRow } from './writer.ts';

type Selected = ReadonlyMap<TableName, SelectedStream>;

/** `--test=schema`: the SCHEMA message of each selected stream, and nothing of the network. */
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
 * `--test`: the schema of each selected stream and one record of it at most, asked for as a run
 * would. No STATE: what was not read must not be taken as read.
 * @throws ProgramError at the end when a set could not be read; at once when nothing can
 */
export async function testStreams(
  settings: TapSettings,
  selected: Selected,
  state: State,
): Promise<void> {
  const writer = await openWriter(settings, selected, state);
  const termination = boundedTermination();
  const { client, close } = connect(settings, termination);
  const clock = new AccountClock(settings.timezone);
  const planned = planSettings(settings, clock);
  try {
    const failed: string[] = [];
    for (const feed of feedGroups(selected).flat()) {
      for (const stream of feed.streams) await writer.schema(stream);
      try {
        await writer.rows(await sample(feed, { client, clock, state, planned }), Date.now());
      } catch (fault) {
        if (!isSetFault(fault)) throw fault;
        log.error(fault.message, { stream: feed.set.stream });
        failed.push(feed.set.path);
      }
    }
    if (failed.length > 0) {
      throw new ProgramError(
        `The test failed for ${failed.join(', ')}: the sentences above say why.`,
      );
    }
  } catch (fault) {
    if (!termination.aborted) throw fault;
  } finally {
    await close();
    await writer.end();
  }
}

interface Means {
  readonly client: Client;
  readonly clock: AccountClock;
  readonly state: State;
  readonly planned: PlanSettings;
}

/** Rows to choose from: among so many there is likely one with children. */
const CHOICE = 25;

/** One row of each of the feed's streams, as far as there is one. */
async function sample(
  feed: Feed,
  { client, clock, state, planned }: Means,
): Promise<OutgoingRow[]> {
  const { set } = feed;
  const { range } = planRead([feed], state, planned, fromMilliseconds(Date.now()));
  const dates = dateFilter(set, range, clock);
  const select = selectedMembers([feed]);
  const read = { set, facts: new SetFacts(set.path, CHOICE), dates, ...(select && { select }) };
  for await (const { rows, isLast } of readPages(client, read)) {
    const wanted = rows.filter((row) => dates.contains(row));
    if (wanted.length > 0 || isLast) return oneOfEach(feed, wanted, clock);
  }
  return [];
}

/** Of a row that feeds all of the streams, where there is one. */
function oneOfEach(feed: Feed, rows: readonly WireRow[], clock: AccountClock): OutgoingRow[] {
  const readers = feedReaders(feed, clock);
  const made = rows.map((row) =>
    readers.flatMap((reader) =>
      reader
        .read(row)
        .slice(0, 1)
        .map((tableRow) => ({ stream: reader.stream, row: tableRow, version: undefined })),
    ),
  );
  const whole = made.find((outgoing) => outgoing.length === readers.length);
  return whole ?? made[0] ?? [];
}
