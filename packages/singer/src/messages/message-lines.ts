import type { JsonSchema, Message } from './messages.ts';

// Each of these functions returns one line, including the line end. `RawJson` numbers keep all
// digits.

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
  return recordText({ stream, record, version, time_extracted: timeExtracted });
}

export function stateLine(value: object): string {
  return line({ type: 'STATE', value });
}

/** Returns a message as a line, or an empty string if the type of the message is unknown. */
export function messageLine(message: Message): string {
  switch (message.type) {
    case 'UNKNOWN':
      return '';
    case 'STATE':
      return `{"type":"STATE","value":${message.value}}\n`;
    case 'RECORD':
      return recordText(message);
    case 'SCHEMA':
    case 'ACTIVATE_VERSION':
    case 'BATCH':
      return line(message);
  }
}

/**
 * Uses `JSON.stringify` only for the record, because the rest of the line is short and the same for
 * every record.
 */
function recordText(parts: RecordParts): string {
  return bareRecordLine(parts, JSON.stringify(parts.record));
}

/** Returns the RECORD line for a record that is already JSON text, e.g. a line of a BATCH file. */
export function bareRecordLine(
  { stream, version, time_extracted: time }: Omit<RecordParts, 'record'>,
  record: string,
): string {
  const versionText = version === undefined ? '' : `,"version":${JSON.stringify(version)}`;
  const timeText = time === undefined ? '' : `,"time_extracted":${JSON.stringify(time)}`;
  return `{"type":"RECORD","stream":${JSON.stringify(stream)},"record":${record}${versionText}${timeText}}\n`;
}

interface RecordParts {
  readonly stream: string;
  readonly record: object;
  readonly version?: number | undefined;
  readonly time_extracted?: string | undefined;
}

function line(message: object): string {
  return `${JSON.stringify(message)}\n`;
}
