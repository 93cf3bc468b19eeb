import {
  InputError,
  isObject,
  messageLine,
  parseMessage,
  readCovered,
  readKey,
  readParent,
  readReferences,
  type Covered,
  type JsonSchema,
  type Line,
  type Parent,
  type Reference,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { isMetadataColumn } from '../database/columns.ts';
import { schemaType, type SchemaType } from './json-types.ts';

/** A property of a stream that becomes a column. */
export interface Property extends SchemaType {
  readonly name: string;
  readonly required: boolean;
}

/** The description of a stream in a SCHEMA message. */
export interface StreamSchema {
  readonly stream: string;
  readonly properties: readonly Property[];
  /** Property names; empty if the stream has no key. */
  readonly key: readonly string[];
  readonly references: ReadonlyMap<string, Reference>;
  readonly parent?: Parent;
  readonly covered?: Covered;
  /** The JSON Schema without `x-covered`. */
  readonly schema: JsonSchema;
}

/** @throws InputError if the schema has no properties or does not declare a key property */
export function readStreamSchema(message: SchemaMessage, line: number): StreamSchema {
  const schema = withoutCovered(message.schema);
  const properties = readProperties(message, line);
  const key = message.key_properties.length > 0 ? message.key_properties : readKey(schema);
  const declared = new Set(properties.map(({ name }) => name));
  const missing = key.find((name) => !declared.has(name));
  if (missing !== undefined) {
    throw invalid(message, line, `the schema does not declare the key property "${missing}"`);
  }
  const [parent, covered] = [readParent(schema), readCovered(message.schema)];
  return {
    stream: message.stream,
    properties,
    key: [...new Set(key)],
    references: readReferences(schema),
    ...(parent && { parent }),
    ...(covered && { covered }),
    schema,
  };
}

function readProperties(message: SchemaMessage, line: number): Property[] {
  const { properties, required } = message.schema;
  if (!isObject(properties)) throw invalid(message, line, 'the schema has no "properties"');
  const requiredNames = new Set<unknown>(Array.isArray(required) ? required : []);
  return Object.entries(properties)
    .filter(([name]) => !isMetadataColumn(name))
    .map(([name, property]) => ({
      name,
      required: requiredNames.has(name),
      ...schemaType(property, message.schema),
    }));
}

function invalid({ stream }: SchemaMessage, line: number, what: string): InputError {
  return new InputError(`${what}: fix the tap or its catalog.`, { line, stream });
}

/** Removes `x-covered` from a SCHEMA line, so that a later run can reuse the line. Returns other lines unchanged. */
export function reusableSchemaLine(line: Line): Line {
  if (!line.text.includes('"x-covered"')) return line;
  const message = parseMessage(line);
  if (message.type !== 'SCHEMA') return line;
  const schema = withoutCovered(message.schema);
  return { ...line, text: messageLine({ ...message, schema }).trimEnd() };
}

/** `x-covered` describes one run, not the stream. */
function withoutCovered(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'x-covered'));
}
