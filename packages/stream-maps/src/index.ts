export { loadMapper, mapSettings, type MapSettings } from './settings.ts';
export type { StreamMapper } from './mapper.ts';
