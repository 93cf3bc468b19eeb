import type { SettingSchema } from '@exact-spotter/singer';

/** What a stream's map may hold: an expression, null, or the list of `__key_properties__`. */
export type StreamMapEntry = string | null | readonly string[];

/** The settings of stream maps and flattening, as both programs have them. */
export interface MapSettings {
  readonly stream_maps?: Readonly<
    Record<string, Readonly<Record<string, StreamMapEntry>> | string | null>
  >;
  readonly stream_map_config?: Readonly<Record<string, unknown>>;
  readonly flattening_enabled: boolean;
  readonly flattening_max_depth?: number;
  readonly flattening_separator: string;
  readonly flattening_max_key_length: number;
}

/** The names, defaults and meanings are those of the Singer SDK. */
export const mapSettings = {
  stream_maps: {
    type: 'object',
    title: 'Stream maps',
    description:
      'Renames, drops, filters and computes streams and columns, e.g. {"persons": {"email": null}}: see STREAM-MAPS.md.',
    additionalProperties: {
      type: ['object', 'string', 'null'],
      additionalProperties: { type: ['string', 'null', 'array'], items: { type: 'string' } },
    },
  },
  stream_map_config: {
    type: 'object',
    title: 'Stream map values',
    description:
      "Values that the expressions of `stream_maps` read as config['name'], e.g. the salt of a hash.",
    'x-secret': true,
    'x-kind': 'object',
  },
  flattening_enabled: {
    type: 'boolean',
    title: 'Flattening',
    description: 'Make a column of each property of a nested object, e.g. address__city.',
    default: false,
  },
  flattening_max_depth: {
    type: 'integer',
    title: 'Flattening: depth',
    description:
      'How many levels of nested objects become columns; what lies deeper becomes JSON text. Required where flattening is enabled; 0 flattens nothing.',
    minimum: 0,
  },
  flattening_separator: {
    type: 'string',
    title: 'Flattening: separator',
    description: 'What stands between the names of a flattened column.',
    default: '__',
  },
  flattening_max_key_length: {
    type: 'integer',
    title: 'Flattening: longest name',
    description:
      'Names of so many letters or more are shortened, part by part, to their capitals or first three letters.',
    default: 255,
    minimum: 1,
  },
} as const satisfies Record<string, SettingSchema>;

/** A depth of 0 flattens nothing, as in the Singer SDK. */
export function isFlattening({ flattening_enabled, flattening_max_depth }: MapSettings): boolean {
  return flattening_enabled && flattening_max_depth !== 0;
}
