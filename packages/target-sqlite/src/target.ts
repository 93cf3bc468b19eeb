import {
  log,
  type ActivateVersionMessage,
  type Line,
  type Message,
  type RecordMessage,
  type SchemaMessage,
} from '@exact-spotter/singer';
import type { Committer } from './committer.ts';
import type { Deletions } from './deletions.ts';
import type { UnmappedLine } from './map.ts';
import type { Records } from './records.ts';
import type { Stream } from './stream.ts';
import type { Streams } from './streams.ts';

/** Types of messages that are warned of: what bears another in every line shall not fill the log. */
const MOST_WARNED = 20;

export interface TargetParts {
  readonly streams: Streams;
  readonly records: Records;
  readonly deletions: Deletions;
  readonly committer: Committer;
}

/** Does with each message what it says. All of it happens inside the transaction. */
export class Target {
  readonly #streams: Streams;
  readonly #records: Records;
  readonly #deletions: Deletions;
  readonly #committer: Committer;
  readonly #unknown = new Set<string>();

  constructor({ streams, records, deletions, committer }: TargetParts) {
    this.#streams = streams;
    this.#records = records;
    this.#deletions = deletions;
    this.#committer = committer;
  }

  /** @throws InputError for a message of a stream that was not declared, and for a bad record */
  load(message: Message, line: Line): void {
    switch (message.type) {
      case 'RECORD':
        this.record(message, line, false);
        break;
      case 'SCHEMA':
        this.#schema(message, line);
        break;
      case 'STATE':
        this.#state(message.value);
        break;
      case 'ACTIVATE_VERSION':
        this.#activateVersion(message, line);
        break;
      case 'UNKNOWN':
        this.#warnOnce(message.name);
        break;
      case 'BATCH':
    }
  }

  /** @param isBare true where the line is the record itself, as in the file of a BATCH */
  record(message: RecordMessage, line: Line, isBare: boolean): void {
    const stream = this.#streams.get(message.stream, line.number);
    const current = message.version === undefined ? stream : this.#versioned(stream, line);
    this.#records.take(current, message, line, isBare);
    this.#committer.wrote(line.text.length, current.isKeyless);
  }

  /** A record that the stream maps cannot take: of each stream that it would have become, it is one. */
  unmapped(line: UnmappedLine): void {
    const { version } = line.message;
    const streams = line.fault.streams.map((name) => {
      const stream = this.#streams.get(name, line.number);
      const current = version === undefined ? stream : this.#versioned(stream, line);
      current.history.versions.record(version);
      return current;
    });
    this.#records.unmapped(line);
    this.#committer.wrote(
      line.text.length,
      streams.some(({ isKeyless }) => isKeyless),
    );
  }

  /** A stream that bears versions gets their column, whatever the settings say of the others. */
  #versioned(stream: Stream, line: Line): Stream {
    if (stream.history.isVersioned) return stream;
    stream.history.isVersioned = true;
    return this.#streams.reopen(stream, line.number);
  }

  #schema(message: SchemaMessage, line: Line): void {
    const stream = this.#streams.declare(message, line);
    if (stream.schema.covered === undefined) return;
    const versioned = this.#versioned(stream, line);
    this.#tellGone(versioned, this.#deletions.cover(versioned, this.#records.now));
  }

  #state(value: string): void {
    for (const stream of this.#streams.all()) {
      const version = stream.history.versions.atState();
      if (version !== undefined) this.#activate(stream, version);
    }
    // Nothing to remember is no bookmark: it must not take the place of one.
    if (!/^(?:null|\{\s*\})$/.test(value)) this.#committer.state(value);
  }

  #activateVersion({ stream: name, version }: ActivateVersionMessage, line: Line): void {
    const stream = this.#versioned(this.#streams.get(name, line.number), line);
    if (stream.history.versions.announce(version)) this.#activate(stream, version);
  }

  #activate(stream: Stream, version: number): void {
    this.#tellGone(stream, this.#deletions.activate(stream, version, this.#records.now));
  }

  #tellGone(stream: Stream, rows: number): void {
    if (rows > 0) log.info(`Rows that are gone at the source: ${rows}`, { stream: stream.name });
  }

  /** What is left to do when the input has ended, inside the last transaction. */
  end(): void {
    for (const stream of this.#streams.all()) {
      const { version, warning } = stream.history.versions.atEnd();
      if (version !== undefined) this.#activate(stream, version);
      if (warning !== undefined) log.warning(warning, { stream: stream.name });
    }
  }

  /** Says what became of values that could not stay as they were. */
  tell(): void {
    for (const { name, history } of this.#streams.all()) {
      const { mended, undeclared } = history;
      if (mended > 0)
        log.warning(`Texts with half a character, which became U+FFFD: ${mended}`, {
          stream: name,
        });
      for (const property of undeclared) {
        log.warning('The schema does not name a property that records bear: it is left out.', {
          stream: name,
          property,
        });
      }
    }
  }

  #warnOnce(type: string): void {
    const name = type.slice(0, 40);
    if (this.#unknown.has(name) || this.#unknown.size >= MOST_WARNED) return;
    this.#unknown.add(name);
    log.warning('Messages of a type that is not known here are passed over.', { type: name });
  }
}
