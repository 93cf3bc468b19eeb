import { InputError } from '../errors.ts';
import { isObject, isRawJson, parseKeepingDigits, rawMembers, type JsonValue } from './json.ts';
import type { Line } from './lines.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type JsonRecord = Readonly<Record<string, JsonValue>>;

export interface SchemaMessage {
  readonly type: 'SCHEMA';
  readonly stream: string;
  readonly schema: JsonSchema;
  /** Empty if the stream has no key. */
  readonly key_properties: readonly string[];
  readonly bookmark_properties?: readonly string[];
}

export interface RecordMessage {
  readonly type: 'RECORD';
  readonly stream: string;
  readonly record: JsonRecord;
  readonly version?: number;
  /** RFC 3339. */
  readonly time_extracted?: string;
}

export interface StateMessage {
  readonly type: 'STATE';
  /** The JSON text of the value, exactly as received. */
  readonly value: string;
}

export interface ActivateVersionMessage {
  readonly type: 'ACTIVATE_VERSION';
  readonly stream: string;
  readonly version: number;
}

export interface BatchMessage {
  readonly type: 'BATCH';
  readonly stream: string;
  readonly encoding: { readonly format: string; readonly compression?: string };
  /** URLs of the files. */
  readonly manifest: readonly string[];
  readonly version?: number;
  /** RFC 3339: when the first record was read. */
  readonly time_extracted?: string;
}

/** A message of an unknown type. Readers warn once and ignore the message. */
export interface UnknownMessage {
  readonly type: 'UNKNOWN';
  readonly name: string;
}

export type Message =
  | SchemaMessage
  | RecordMessage
  | StateMessage
  | ActivateVersionMessage
  | BatchMessage
  | UnknownMessage;

/**
 * Parses one line as a message. The type may be in upper or lower case. A number in a record may
 * differ from its literal if `isDoubtful` returns true for the number.
 * @throws InputError that names the line, if the line is not a JSON object or lacks a required
 * member
 */
export function parseMessage(line: Line): Message {
  const message = parseObject(line);
  const type = message['type'];
  if (typeof type !== 'string') throw invalid(line, 'the message has no "type"');
  switch (type.toUpperCase()) {
    case 'RECORD':
      return recordMessage(line, message);
    case 'SCHEMA':
      return schemaMessage(line, message);
    case 'STATE':
      return stateMessage(line, message);
    case 'ACTIVATE_VERSION':
      return {
        type: 'ACTIVATE_VERSION',
        stream: stream(line, message),
        version: version(line, message),
      };
    case 'BATCH':
      return batchMessage(line, message);
    default:
      return { type: 'UNKNOWN', name: type };
  }
}

/**
 * Parses one line of a BATCH file as a record.
 * @throws InputError that names the line, if the line is not a JSON object
 */
export function parseRecord(line: Line): JsonRecord {
  return parseObject(line);
}

type Members = Readonly<Record<string, JsonValue | undefined>>;

function parseObject(line: Line): Readonly<Record<string, JsonValue>> {
  let value: JsonValue;
  try {
    value = parseKeepingDigits(line.text);
  } catch (cause) {
    if (cause instanceof RangeError) throw invalid(line, 'the line is nested too deeply');
    // `cause` is omitted on purpose: the parser's message quotes the line, including record values.
    if (!(cause instanceof SyntaxError)) throw cause;
    throw invalid(line, 'the line is not valid JSON');
  }
  if (!isObject(value)) throw invalid(line, 'the line is not a JSON object');
  return value;
}

function recordMessage(line: Line, message: Members): RecordMessage {
  const name = stream(line, message);
  const record = message['record'];
  if (!isObject(record)) {
    throw invalid(line, 'the RECORD message has no "record" object', name);
  }
  return { type: 'RECORD', stream: name, record, ...recordMetadata(line, message) };
}

function schemaMessage(line: Line, message: Members): SchemaMessage {
  const name = stream(line, message);
  const schema = message['schema'];
  if (!isObject(schema)) throw invalid(line, 'the SCHEMA message has no "schema" object', name);
  const bookmarks = message['bookmark_properties'];
  return {
    type: 'SCHEMA',
    stream: name,
    schema,
    key_properties: names(line, message, 'key_properties') ?? [],
    ...(Array.isArray(bookmarks) && {
      bookmark_properties: bookmarks.filter((item) => typeof item === 'string'),
    }),
  };
}

function stateMessage(line: Line, message: Members): StateMessage {
  if (message['value'] === undefined) throw invalid(line, 'the STATE message has no "value"');
  return { type: 'STATE', value: rawMembers(line.text).get('value') ?? 'null' };
}

function batchMessage(line: Line, message: Members): BatchMessage {
  const name = stream(line, message);
  const encoding = message['encoding'];
  const manifest = names(line, message, 'manifest');
  if (!isObject(encoding) || typeof encoding['format'] !== 'string' || manifest === undefined) {
    throw invalid(line, 'the BATCH message has no valid "encoding" or no "manifest"', name);
  }
  const { format, compression } = encoding;
  return {
    type: 'BATCH',
    stream: name,
    encoding: { format, ...(typeof compression === 'string' && { compression }) },
    manifest,
    ...recordMetadata(line, message),
  };
}

function stream(line: Line, message: Members): string {
  const name = message['stream'];
  if (typeof name === 'string') return name;
  throw invalid(line, 'the message has no "stream"');
}

function version(line: Line, message: Members): number {
  const value = message['version'];
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw invalid(
    line,
    'the "version" of the ACTIVATE_VERSION message is not an integer',
    stream(line, message),
  );
}

/**
 * Returns the metadata of a RECORD message, or of all records in a BATCH. Text as a version is
 * ignored, as other targets do, but a number that is not an exact integer cannot be compared with the
 * version that is activated.
 */
function recordMetadata(
  line: Line,
  message: Members,
): { version?: number; time_extracted?: string } {
  const { version: number, time_extracted: extracted } = message;
  const isNumber = typeof number === 'number' || isRawJson(number);
  if (isNumber && !Number.isSafeInteger(number)) {
    throw invalid(
      line,
      'the "version" of the message is not an integer below 2^53',
      stream(line, message),
    );
  }
  return {
    ...(typeof number === 'number' && { version: number }),
    ...(typeof extracted === 'string' && { time_extracted: extracted }),
  };
}

function names(line: Line, message: Members, member: string): readonly string[] | undefined {
  const value = message[member];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw invalid(line, `"${member}" is not a list of strings`, stream(line, message));
}

function invalid(line: Line, what: string, streamName?: string): InputError {
  return new InputError(`${what}; the input must be Singer messages, one JSON object per line.`, {
    line: line.number,
    ...(streamName !== undefined && { stream: streamName }),
  });
}
