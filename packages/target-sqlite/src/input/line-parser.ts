import {
  bareRecordLine,
  log,
  messageLine,
  parseMessage,
  rawMembers,
  UnmappedRecordError,
  type JsonRecord,
  type Line,
  type Message,
  type RecordMessage,
} from '@exact-spotter/singer';
import { loadMapper, type StreamMapper } from '@exact-spotter/stream-maps';
import { reusableSchemaLine } from '../record/stream-schema.ts';
import { faithfulJson } from '../record/source.ts';
import type { TargetSettings } from '../settings.ts';

/** A message, with its JSON text as the line. */
export interface MessageLine extends Line {
  readonly message: Message;
}

/** A record on which the stream maps failed, as the tap sent it. */
export interface UnmappedLine extends MessageLine {
  readonly message: RecordMessage;
  readonly error: UnmappedRecordError;
  /** The SCHEMA line of its stream, as the tap sent it. */
  readonly schemaLine: string;
}

/**
 * Loads the stream maps of the settings, if there are any.
 * @throws SettingsError with every problem that can be found without a schema
 */
export async function openParser(settings: TargetSettings): Promise<LineParser> {
  return new LineParser(await loadMapper(settings));
}

/**
 * Parses lines and applies the stream maps. A mapped line keeps the number of the original line.
 */
export class LineParser {
  readonly #maps: StreamMapper | undefined;
  /** Stream → its SCHEMA line before mapping. */
  readonly #schemaLines = new Map<string, string>();

  constructor(maps: StreamMapper | undefined) {
    this.#maps = maps;
  }

  /** Yields the lines one by one, so that everything before an invalid line is loaded. */
  *parse(lines: readonly Line[]): Generator<MessageLine | UnmappedLine> {
    const maps = this.#maps;
    for (const line of lines) {
      const message = parseMessage(line);
      if (maps) yield* this.#apply(message, line, () => maps.map(message, line.number));
      else yield { number: line.number, text: line.text, message };
    }
  }

  /** Applies the stream maps to a record from a BATCH file. */
  batchRecord(message: RecordMessage, line: Line): readonly (MessageLine | UnmappedLine)[] {
    const maps = this.#maps;
    if (!maps) return [{ number: line.number, text: line.text, message }];
    return this.#apply(message, line, () => maps.mapBatchRecord(message, line.number));
  }

  #apply(
    message: Message,
    line: Line,
    map: () => readonly Message[],
  ): readonly (MessageLine | UnmappedLine)[] {
    const { number, text } = line;
    if (message.type === 'SCHEMA')
      this.#schemaLines.set(message.stream, reusableSchemaLine(line).text);
    try {
      return map().map((mapped) => ({
        number,
        message: mapped,
        text: mappedText(mapped, message, text),
      }));
    } catch (error) {
      if (!(error instanceof UnmappedRecordError) || message.type !== 'RECORD') throw error;
      const schemaLine = this.#schemaLines.get(message.stream) ?? '';
      const stream = error.streams[0] ?? message.stream;
      return [{ number, message: { ...message, stream }, text, error, schemaLine }];
    }
  }

  /** Tells the maps that the next record does not follow the previous record and so cannot be its child. */
  forgetParents(): void {
    this.#maps?.forgetParents();
  }

  /** Warns about maps that matched no stream of the input. */
  reportUnmatched(): void {
    for (const warning of this.#maps?.unmatched() ?? []) log.warning(warning);
  }
}

function mappedText(mapped: Message, original: Message, text: string): string {
  if (mapped === original) return text;
  if (mapped.type !== 'RECORD' || original.type !== 'RECORD') return messageLine(mapped).trimEnd();
  return bareRecordLine(mapped, recordText(mapped.record, original.record, text)).trimEnd();
}

/**
 * Returns the mapped record as JSON. Nested values that the maps did not change keep the spelling
 * of the source.
 */
function recordText(mapped: JsonRecord, original: JsonRecord, originalLine: string): string {
  const usual = faithfulJson(mapped);
  if (usual !== undefined) return usual;
  const members = rawMembers(rawMembers(originalLine).get('record') ?? '');
  const texts = new Map(
    Object.entries(original).map(([name, value]) => [value, members.get(name)]),
  );
  const written = Object.entries(mapped).map(([name, value]) => {
    const text = typeof value === 'object' ? texts.get(value) : undefined;
    return `${JSON.stringify(name)}:${text ?? JSON.stringify(value)}`;
  });
  return `{${written.join(',')}}`;
}
