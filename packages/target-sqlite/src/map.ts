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
import type { TargetSettings } from './program.ts';
import { schemaOfAnyRun } from './stream-schema.ts';

/** A message behind the stream maps, and the line that says it. */
export interface MappedLine extends Line {
  readonly message: Message;
}

/**
 * The mapper that the settings ask for; nothing where they ask for none.
 * @throws SettingsError with every fault that shows without a schema
 */
export async function openMaps(settings: TargetSettings): Promise<LineMapper | undefined> {
  const maps = await loadMapper(settings);
  return maps && new LineMapper(maps);
}

/** A record behind the stream maps, and the bare line that says it. */
export interface MappedRecord extends MappedLine {
  readonly message: RecordMessage;
}

/** A record that the stream maps cannot take, and the message that says it. */
export interface UnmappedLine extends MappedRecord {
  readonly fault: UnmappedRecordError;
  /** The SCHEMA line of its stream, as its tap sent it. */
  readonly source: string;
}

/** Stands between parse and check: lines in, lines of mapped messages out, under the same numbers. */
export class LineMapper {
  readonly #maps: StreamMapper;
  /** Stream → the text of its SCHEMA, as it came. */
  readonly #sources = new Map<string, string>();

  constructor(maps: StreamMapper) {
    this.#maps = maps;
  }

  /** One line after the other, so that what comes before a bad one is loaded. */
  *lines(lines: readonly Line[]): Generator<MappedLine | UnmappedLine> {
    for (const line of lines) {
      const message = parseMessage(line);
      if (message.type === 'SCHEMA') this.#sources.set(message.stream, schemaOfAnyRun(line).text);
      yield* this.#mapped(message, line, {
        map: () => this.#maps.map(message, line.number),
        whole: () => line.text,
        textOf: (made) => messageText(made, message, line.text),
      });
    }
  }

  /** The records that become of one in the file of a BATCH: bare lines, as it is. */
  records(message: RecordMessage, line: Line): (MappedRecord | UnmappedLine)[] {
    const made = this.#mapped(message, line, {
      map: () => this.#maps.mapFiled(message, line.number),
      whole: () => bareRecordLine(message, line.text).trimEnd(),
      textOf: (one) =>
        one.type === 'RECORD' ? recordText(one.record, message.record, () => line.text) : '',
    });
    return made.flatMap((one) =>
      one.message.type === 'RECORD' ? [{ ...one, message: one.message }] : [],
    );
  }

  #mapped(
    message: Message,
    { number }: Line,
    { map, whole, textOf }: Mapping,
  ): (MappedLine | UnmappedLine)[] {
    try {
      return map().map((made) => ({ number, message: made, text: textOf(made) }));
    } catch (fault) {
      if (!(fault instanceof UnmappedRecordError) || message.type !== 'RECORD') throw fault;
      const source = this.#sources.get(message.stream) ?? '';
      const stream = fault.streams[0] ?? message.stream;
      return [{ number, message: { ...message, stream }, text: whole(), fault, source }];
    }
  }

  /** To be called where the next record does not follow upon the last. */
  forgetParents(): void {
    this.#maps.forgetParents();
  }

  /** Warns of maps that no stream of the input was for. */
  tell(): void {
    for (const warning of this.#maps.unmatched()) log.warning(warning);
  }
}

interface Mapping {
  readonly map: () => readonly Message[];
  /** The message as a Singer line. */
  readonly whole: () => string;
  readonly textOf: (made: Message) => string;
}

function messageText(made: Message, came: Message, text: string): string {
  if (made === came) return text;
  if (made.type !== 'RECORD' || came.type !== 'RECORD') return messageLine(made).trimEnd();
  const source = (): string => rawMembers(text).get('record') ?? '';
  return bareRecordLine(made, recordText(made.record, came.record, source)).trimEnd();
}

/**
 * What is nested and handed on stays as it was written, where `JSON.stringify` would change it: the
 * order of keys that look like numbers, and what is nested too deep for it.
 */
function recordText(made: JsonRecord, came: JsonRecord, source: () => string): string {
  const usual = usualText(made);
  if (usual !== undefined) return usual;
  const members = rawMembers(source());
  const texts = new Map(Object.entries(came).map(([name, value]) => [value, members.get(name)]));
  const written = Object.entries(made).map(([name, value]) => {
    const text = typeof value === 'object' ? texts.get(value) : undefined;
    return `${JSON.stringify(name)}:${text ?? JSON.stringify(value)}`;
  });
  return `{${written.join(',')}}`;
}

function usualText(record: JsonRecord): string | undefined {
  try {
    const text = JSON.stringify(record);
    return /"\d+":/.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
