import { tableNames, type TableName } from '@exact-spotter/schema';
import { log, stdoutOutput } from '@exact-spotter/singer';
import { loadMapper } from '@exact-spotter/stream-maps';
import { LineOutput, type MessageOutput } from './message-output.ts';
import { program } from './program.ts';
import type { SelectedStream } from './select.ts';
import type { TapSettings } from './settings.ts';
import type { State } from './state.ts';
import { schemaMessage } from './table-schema.ts';
import { Writer } from './writer.ts';

/**
 * The writer of a run, with the stream maps that the settings ask for. All streams are known
 * beforehand, and so is whether the maps fit them.
 * @param output where the messages go; lines where it is missing
 * @throws SettingsError with every fault of the maps, before anything is asked for
 */
export async function openWriter(
  settings: TapSettings,
  selected: ReadonlyMap<TableName, SelectedStream>,
  state: State,
  output: MessageOutput = new LineOutput(stdoutOutput()),
): Promise<Writer> {
  const maps = await loadMapper(settings);
  maps?.prepare(
    [...selected.values()].map(({ stream, columns }) => schemaMessage(stream, columns)),
  );
  for (const warning of maps?.unmatched(tableNames) ?? []) log.warning(warning);
  return new Writer(output, state, maps);
}

/**
 * Where the messages of a run go: to lines, or to lines and files where the settings ask for
 * batches.
 * @throws SettingsError where the files have no place
 */
export async function openOutput({ batch_config: config }: TapSettings): Promise<MessageOutput> {
  if (!config) return new LineOutput(stdoutOutput());
  const { openBatches } = await import('./batch/batch-output.ts');
  return openBatches(config, program.name, stdoutOutput());
}
