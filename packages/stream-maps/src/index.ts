import type { StreamMapper } from './mapper.ts';
import { isFlattening, type MapSettings } from './settings.ts';

export type { StreamMapper } from './mapper.ts';
export { mapSettings, type MapSettings } from './settings.ts';

/**
 * The mapper that the settings ask for; nothing, and nothing loaded, where they ask for none.
 * @throws SettingsError with every fault of the maps that shows without a schema
 */
export async function loadMapper(settings: MapSettings): Promise<StreamMapper | undefined> {
  const { stream_maps: maps = {} } = settings;
  if (Object.keys(maps).length === 0 && !isFlattening(settings)) return undefined;
  return new (await import('./mapper.ts')).StreamMapper(settings);
}
