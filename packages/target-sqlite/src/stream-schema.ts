import {
  readCovered,
  readKey,
  readParent,
  readReferences,
  type Covered,
  type Parent,
  type Reference,
} from '@exact-spotter/singer';
import {
  InputError,
  messageLine,
  parseMessage,
  type JsonSchema,
  type Line,
  type SchemaMessage,
} from '@exact-spotter/singer';
import { schemaType, type SchemaType } from './column-types.ts';
import { isMetadataColumn } from './metadata-columns.ts';

/** One property of a stream that becomes a column. */
export interface Property extends SchemaType {
  readonly name: string;
  readonly required: boolean;
}

/** What a SCHEMA message says of a stream. */
export interface StreamSchema {
  readonly stream: string;
  readonly properties: readonly Property[];
  /** Names of properties; empty where the stream has no key. */
  readonly key: readonly string[];
  readonly references: ReadonlyMap<string, Reference>;
  readonly parent?: Parent;
  readonly covered?: Covered;
  /** The schema itself, without what it says of one run. */
  readonly schema: JsonSchema;
}

/** @throws InputError for a schema without properties, and for a key that is none of them */
export function readStreamSchema(message: SchemaMessage, line: number): StreamSchema {
  const schema = withoutCovered(message.schema);
  const properties = readProperties(message, line);
  const key = message.key_properties.length > 0 ? message.key_properties : readKey(schema);
  const lacking = key.find((name) => !properties.some((property) => property.name === name));
  if (lacking !== undefined) {
    throw fault(message, line, `the key "${lacking}" is none of the schema's properties`);
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

/** A SCHEMA line without what it says of one run, so that it may be read in another. */
export function schemaOfAnyRun(line: Line): Line {
  if (!line.text.includes('"x-covered"')) return line;
  const message = parseMessage(line);
  if (message.type !== 'SCHEMA') return line;
  const schema = withoutCovered(message.schema);
  return { ...line, text: messageLine({ ...message, schema }).trimEnd() };
}

/** What was covered is said of one run, not of the stream. */
function withoutCovered(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'x-covered'));
}

function readProperties(message: SchemaMessage, line: number): Property[] {
  const { schema } = message;
  const named: unknown = schema['properties'];
  if (typeof named !== 'object' || named === null || Array.isArray(named)) {
    throw fault(message, line, 'the schema has no "properties"');
  }
  const required: unknown = schema['required'];
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(named)
    .filter(([name]) => !isMetadataColumn(name))
    .map(([name, property]) => ({
      name,
      required: names.includes(name),
      ...schemaType(property, schema),
    }));
}

function fault({ stream }: SchemaMessage, line: number, what: string): InputError {
  return new InputError(`${what}: mend the tap or its catalog.`, { line, stream });
}
