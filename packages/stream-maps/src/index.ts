import type { StreamMapper } from './mapper.ts';
import { isFlattening, type MapSettings } from './settings.ts';

export type { StreamMapper } from './mapper.ts';
export { mapSettings, type MapSettings } from './settings.ts';

/**
 * Loads the mapper for the settings.
 * @returns undefined, without loading anything, if neither maps nor flattening is set
 * @throws SettingsError with every problem that can be found without a schema
 */
export async function loadMapper(settings: MapSettings): Promise<StreamMapper | undefined> {
  const { stream_maps: maps = {} } = settings;
  if (Object.keys(maps).length === 0 && !isFlattening(settings)) return undefined;
  return new (await import('./mapper.ts')).StreamMapper(settings);
}
