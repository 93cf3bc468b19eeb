import type { SettingSchema } from '@exact-spotter/singer';

/** A value in a stream map: an expression, null, or the `__key_properties__` list. */
export type StreamMapEntry = string | null | readonly string[];

/** The stream map and flattening settings, which both programs have. */
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

/**
 * The schemas of these settings. Names, defaults and meanings are the same as in the Singer SDK.
 */
export const mapSettings = {
  stream_maps: {
    type: 'object',
    title: 'Stream maps',
    description:
      'Rename, drop, filter and compute streams and columns, e.g. {"leads": {"cpf": null}}. See STREAM-MAPS.md.',
    additionalProperties: {
      type: ['object', 'string', 'null'],
      additionalProperties: { type: ['string', 'null', 'array'], items: { type: 'string' } },
    },
  },
  stream_map_config: {
    type: 'object',
    title: 'Stream map values',
    description:
      "Values that expressions in `stream_maps` can read as config['name'], e.g. the salt of a hash.",
    'x-secret': true,
    'x-kind': 'object',
  },
  flattening_enabled: {
    type: 'boolean',
    title: 'Flattening',
    description: 'Turn each property of a nested object into a column, e.g. address__city.',
    default: false,
  },
  flattening_max_depth: {
    type: 'integer',
    title: 'Flattening: depth',
    description:
      'How many levels of nested objects become columns; deeper levels become JSON text. Required if flattening is enabled; 0 flattens nothing.',
    minimum: 0,
  },
  flattening_separator: {
    type: 'string',
    title: 'Flattening: separator',
    description: "Separator between the parts of a flattened column's name.",
    default: '__',
  },
  flattening_max_key_length: {
    type: 'integer',
    title: 'Flattening: longest name',
    description:
      'Column names with this many characters or more are shortened from the left, part by part, to the capitals or first three characters of each part, until the name is short enough.',
    default: 255,
    minimum: 1,
  },
} as const satisfies Record<string, SettingSchema>;

/** True if records are flattened. As in the Singer SDK, a depth of 0 turns flattening off. */
export function isFlattening({ flattening_enabled, flattening_max_depth }: MapSettings): boolean {
  return flattening_enabled && flattening_max_depth !== 0;
}
