import type { JsonSchema, Message } from './messages.ts';

/** Text of messages, one line each with its line end. Numbers kept as `RawJson` go out digit for digit. */

export function schemaLine(
  stream: string,
  schema: JsonSchema,
  keyProperties: readonly string[],
  bookmarkProperties?: readonly string[],
): string {
  return line({
    type: 'SCHEMA',
    stream,
    schema,
    key_properties: keyProperties,
    ...(bookmarkProperties !== undefined && { bookmark_properties: bookmarkProperties }),
  });
}

export interface RecordLineOptions {
  readonly version?: number;
  /** RFC 3339, e.g. `2026-11-24T05:00:00.000000Z`. */
  readonly timeExtracted?: string;
}

export function recordLine(
  stream: string,
  record: object,
  { version, timeExtracted }: RecordLineOptions = {},
): string {
  return line({
    type: 'RECORD',
    stream,
    record,
    ...(version !== undefined && { version }),
    ...(timeExtracted !== undefined && { time_extracted: timeExtracted }),
  });
}

export function stateLine(value: object): string {
  return line({ type: 'STATE', value });
}

/** The line of a message. What is unknown has none. */
export function messageLine(message: Message): string {
  if (message.type === 'UNKNOWN') return '';
  if (message.type === 'STATE') return `{"type":"STATE","value":${message.value}}\n`;
  return line(message);
}

function line(message: object): string {
  return `${JSON.stringify(message)}\n`;
}
