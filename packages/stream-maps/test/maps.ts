import {
  parseMessage,
  type JsonRecord,
  type JsonSchema,
  type Message,
} from '@exact-spotter/singer';
import { loadMapper, type MapSettings, type StreamMapper } from '../src/index.ts';

const DEFAULTS: MapSettings = {
  flattening_enabled: false,
  flattening_separator: '__',
  flattening_max_key_length: 255,
};

/** Loads a mapper with default values for the remaining settings. */
export async function mapper(settings: Partial<MapSettings>): Promise<StreamMapper> {
  const loaded = await loadMapper({ ...DEFAULTS, ...settings });
  if (!loaded) throw new Error('the settings require no mapper');
  return loaded;
}

/** Maps a message. */
export function mapped(maps: StreamMapper, message: object | string): readonly Message[] {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return maps.map(parseMessage({ number: 7, text }), 7);
}

export const text = { type: ['string', 'null'] };
export const integer = { type: ['integer', 'null'] };

export const people = {
  type: 'SCHEMA',
  stream: 'people',
  schema: {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      name: { ...text, title: 'Name' },
      email: text,
      phone: text,
      age: integer,
      paid: { type: ['number', 'null'] },
      born: { ...text, format: 'date' },
      seen: { ...text, format: 'date-time' },
      tags: { type: ['array', 'null'] },
      home: { type: ['object', 'null'], properties: { city: text } },
      active: { type: ['boolean', 'null'] },
    },
  },
  key_properties: ['id'],
};

export const ana = {
  id: 1,
  name: 'Ana Souza',
  email: 'Ana@Example.com',
  phone: '+55 11 98765-4321',
  age: 41,
  paid: 12.5,
  born: '1984-02-29',
  seen: '2026-03-01T23:30:15.25-03:00',
  tags: ['a', 'b'],
  home: { city: 'Recife' },
  active: true,
};

/**
 * Applies a map to a person's record. Returns its JSON text, or undefined if it is filtered out.
 */
export async function person(
  map: Readonly<Record<string, string | null>>,
  record: JsonRecord | string = ana,
  config: JsonRecord = {},
): Promise<{ readonly schema: JsonSchema; readonly record: string | undefined }> {
  const maps = await mapper({ stream_maps: { people: map }, stream_map_config: config });
  const [declared] = mapped(maps, people);
  const content = typeof record === 'string' ? record : JSON.stringify(record);
  const [message] = mapped(maps, `{"type":"RECORD","stream":"people","record":${content}}`);
  if (declared?.type !== 'SCHEMA') throw new Error('the stream was not declared');
  return {
    schema: declared.schema,
    record: message?.type === 'RECORD' ? JSON.stringify(message.record) : undefined,
  };
}

/** Evaluates an expression on Ana's record. Returns the JSON text and the schema of its column. */
export async function evaluate(
  expression: string,
  more: { readonly record?: JsonRecord | string; readonly config?: JsonRecord } = {},
): Promise<{ readonly value: string; readonly schema: unknown }> {
  const { schema, record = '{}' } = await person(
    { made: expression, __else__: null },
    more.record,
    more.config,
  );
  const properties = schema['properties'] as Readonly<Record<string, unknown>>;
  return { value: record.slice(record.indexOf('"made":') + 7, -1), schema: properties['made'] };
}
