import {
  loadMapper,
  log,
  messageLine,
  parseMessage,
  rawMembers,
  type JsonRecord,
  type Line,
  type Message,
  type RecordMessage,
  type StreamMapper,
} from '@exact-spotter/singer';
import type { TargetSettings } from './program.ts';

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

/** Stands between parse and check: lines in, lines of mapped messages out, under the same numbers. */
export class LineMapper {
  readonly #maps: StreamMapper;

  constructor(maps: StreamMapper) {
    this.#maps = maps;
  }

  /** One line after the other, so that what comes before a bad one is loaded. */
  *lines(lines: readonly Line[]): Generator<MappedLine> {
    for (const line of lines) {
      const message = parseMessage(line);
      for (const made of this.#maps.map(message, line.number)) {
        yield { number: line.number, message: made, text: messageText(made, message, line.text) };
      }
    }
  }

  /** The records that become of one in the file of a BATCH: bare lines, as it is. */
  records(message: RecordMessage, line: Line): MappedRecord[] {
    return this.#maps.map(message, line.number).flatMap((made) => {
      if (made.type !== 'RECORD') return [];
      const text = recordText(made.record, message.record, () => line.text);
      return [{ number: line.number, message: made, text }];
    });
  }

  /** Warns of maps that no stream of the input was for. */
  tell(): void {
    for (const warning of this.#maps.unmatched()) log.warning(warning);
  }
}

function messageText(made: Message, came: Message, text: string): string {
  if (made === came) return text;
  if (made.type !== 'RECORD' || came.type !== 'RECORD') return messageLine(made).trimEnd();
  const { record, ...rest } = made;
  const source = (): string => rawMembers(text).get('record') ?? '';
  const written = recordText(record, came.record, source);
  return `{"record":${written},${JSON.stringify(rest).slice(1)}`;
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
