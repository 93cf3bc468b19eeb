import {
  log,
  type ActivateVersionMessage,
  type BatchMessage,
  type Line,
  type Message,
  type RecordMessage,
  type SchemaMessage,
} from '@exact-spotter/singer';
import type { UnmappedLine } from '../input/line-parser.ts';
import type { Deletions } from '../stream/deletions.ts';
import type { StreamRegistry } from '../stream/registry.ts';
import type { StreamWriter } from '../stream/stream-writer.ts';
import type { Committer } from './committer.ts';
import type { Records } from './records.ts';

/** The maximum number of unknown message types to warn about, so that bad input does not fill the log. */
const MAX_WARNINGS = 20;

/** Applies each message to the open transaction. */
export class Dispatcher {
  readonly #registry: StreamRegistry;
  readonly #records: Records;
  readonly #deletions: Deletions;
  readonly #committer: Committer;
  readonly #unknown = new Set<string>();

  constructor(
    registry: StreamRegistry,
    records: Records,
    deletions: Deletions,
    committer: Committer,
  ) {
    this.#registry = registry;
    this.#records = records;
    this.#deletions = deletions;
    this.#committer = committer;
  }

  /** @throws InputError if the message's stream is not declared or a record is invalid */
  apply(message: Exclude<Message, BatchMessage>, line: Line | UnmappedLine): void {
    switch (message.type) {
      case 'RECORD':
        if ('error' in line) this.#unmapped(line);
        else this.#record(message, line);
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
    }
  }

  #record(message: RecordMessage, line: Line): void {
    const stream = this.#streamOf(message.stream, message.version, line);
    this.#records.write(stream, message, line);
    this.#committer.wrote(line.text.length, stream.isKeyless);
  }

  /**
   * Handles a record on which the stream maps failed, for every stream to which it could have been
   * mapped.
   */
  #unmapped(line: UnmappedLine): void {
    const { version } = line.message;
    const streams = line.error.streams.map((name) => this.#streamOf(name, version, line));
    for (const { history } of streams) history.versions.record(version);
    this.#records.rejectUnmapped(line);
    const isKeyless = streams.some((stream) => stream.isKeyless);
    this.#committer.wrote(line.text.length, isKeyless);
  }

  #streamOf(name: string, version: number | undefined, line: Line): StreamWriter {
    const stream = this.#registry.get(name, line.number);
    return version === undefined ? stream : this.#versioned(stream, line);
  }

  /** Adds the version column to a stream that has versions, even if `add_record_metadata` is off. */
  #versioned(stream: StreamWriter, line: Line): StreamWriter {
    if (stream.history.isVersioned) return stream;
    stream.history.isVersioned = true;
    return this.#registry.reopen(stream, line.number);
  }

  #schema(message: SchemaMessage, line: Line): void {
    const stream = this.#registry.declare(message, line);
    if (stream.schema.covered === undefined) return;
    const versioned = this.#versioned(stream, line);
    logDeleted(versioned, this.#deletions.cover(versioned, this.#records.now));
  }

  #state(value: string): void {
    for (const stream of this.#registry.all()) {
      const version = stream.history.versions.atState();
      if (version !== undefined) this.#activate(stream, version);
    }
    // An empty state is not a bookmark, so it must not replace a bookmark.
    if (!/^(?:null|\{\s*\})$/.test(value)) this.#committer.state(value);
  }

  #activateVersion({ stream: name, version }: ActivateVersionMessage, line: Line): void {
    const stream = this.#versioned(this.#registry.get(name, line.number), line);
    if (stream.history.versions.announce(version)) this.#activate(stream, version);
  }

  #activate(stream: StreamWriter, version: number): void {
    logDeleted(stream, this.#deletions.activate(stream, version, this.#records.now));
  }

  /** Activates the versions that waited for the end of the input. */
  end(): void {
    for (const stream of this.#registry.all()) {
      const { version, warning } = stream.history.versions.atEnd();
      if (version !== undefined) this.#activate(stream, version);
      if (warning !== undefined) log.warning(warning, { stream: stream.name });
    }
  }

  #warnOnce(type: string): void {
    const name = type.slice(0, 40);
    if (this.#unknown.has(name) || this.#unknown.size >= MAX_WARNINGS) return;
    this.#unknown.add(name);
    log.warning('Ignoring messages of an unknown type.', { type: name });
  }
}

function logDeleted(stream: StreamWriter, rows: number): void {
  if (rows > 0) log.info(`Rows deleted at the source: ${rows}`, { stream: stream.name });
}
