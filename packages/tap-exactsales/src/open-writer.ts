import { tableNames, type TableName } from '@exact-spotter/schema';
import { loadMapper, log, stdoutOutput } from '@exact-spotter/singer';
import type { SelectedStream } from './select.ts';
import type { TapSettings } from './settings.ts';
import type { State } from './state.ts';
import { schemaMessage } from './table-schema.ts';
import { Writer } from './writer.ts';

/**
 * The writer of a run, with the stream maps that the settings ask for. All streams are known
 * beforehand, and so is whether the maps fit them.
 * @throws SettingsError with every fault of the maps, before anything is asked for
 */
export async function openWriter(
  settings: TapSettings,
  selected: ReadonlyMap<TableName, SelectedStream>,
  state: State,
): Promise<Writer> {
  const maps = await loadMapper(settings);
  maps?.prepare(
    [...selected.values()].map(({ stream, columns }) => schemaMessage(stream, columns)),
  );
  for (const warning of maps?.unmatched(tableNames) ?? []) log.warning(warning);
  return new Writer(stdoutOutput(), state, maps);
}
