import {
  Families,
  type JsonRecord,
  type Message,
  type RecordMessage,
  type SchemaMessage,
  SettingsError,
  isObject,
  parseLossless,
} from '@exact-spotter/singer';
import { KnownStreams, sentenceOf } from './known-streams.ts';
import { ColumnError } from './mapped-columns.ts';
import { ExpressionError } from './expression/expression-value.ts';
import { asInputError, asRecordError, mapStream, type MappedStream } from './mapped-stream.ts';
import {
  ExcludedBatchRecords,
  ExcludedLines,
  type ExcludedParents,
  type Exclusion,
} from './parents.ts';
import { Routes } from './routes.ts';
import { propertiesOf } from './schema.ts';
import type { MapSettings } from './settings.ts';
import {
  expressionProblems,
  readStreamMaps,
  type StreamMap,
  type StreamMaps,
} from './stream-map.ts';

/**
 * Maps messages. A message becomes zero, one or several messages. A BATCH message is not changed,
 * since its records are in files: map these records with `mapBatchRecord`.
 */
export class StreamMapper {
  readonly #settings: MapSettings;
  readonly #maps: StreamMaps;
  readonly #config: JsonRecord;
  readonly #routes: Routes;
  #known = new KnownStreams([]);
  readonly #streams = new Map<string, readonly MappedStream[]>();
  readonly #sources = new Map<string, SchemaMessage>();
  readonly #families = new Families();
  readonly #excludedLines = new ExcludedLines(this.#families);
  readonly #excludedBatchRecords = new ExcludedBatchRecords(this.#families);

  /** @throws SettingsError with every problem that can be found without a schema */
  constructor(settings: MapSettings) {
    this.#settings = settings;
    this.#config = asRecord(settings.stream_map_config);
    this.#maps = readStreamMaps(settings.stream_maps ?? {});
    this.#routes = new Routes(this.#maps, settings, this.#config);
    const problems = [
      ...this.#maps.problems,
      ...this.#maps.maps.flatMap((map) => expressionProblems(map, this.#config)),
    ];
    if (settings.flattening_enabled && settings.flattening_max_depth === undefined) {
      problems.push('The setting "flattening_max_depth" is required if flattening is enabled.');
    }
    if (problems.length > 0) throw new SettingsError(problems);
  }

  /**
   * Maps a message.
   * @param line the line number of the message, for error messages
   * @throws InputError if the map is not valid for the stream's schema; UnmappedRecordError if an
   * expression fails on a record
   */
  map(message: Message, line?: number): readonly Message[] {
    switch (message.type) {
      case 'SCHEMA':
        return this.#declare(message, line).map(({ schema }) => schema);
      case 'RECORD':
        return this.#record(message, line, this.#excludedLines);
      case 'ACTIVATE_VERSION': {
        const streams = this.#streams.get(message.stream);
        return streams?.map(({ schema }) => ({ ...message, stream: schema.stream })) ?? [message];
      }
      case 'STATE':
        this.#excludedBatchRecords.forgetAll();
        return [message];
      case 'BATCH':
        this.#excludedLines.forget(message.stream);
        return [message];
      case 'UNKNOWN':
        return [message];
    }
  }

  /**
   * Maps a record from a BATCH file.
   * @throws UnmappedRecordError if an expression fails on the record
   */
  mapBatchRecord(message: RecordMessage, line?: number): readonly Message[] {
    return this.#record(message, line, this.#excludedBatchRecords);
  }

  /**
   * Declares all streams before the first message, for programs that know their streams in advance.
   * @param schemas the streams that will be sent
   * @param known all streams and columns of the program, which the maps may name
   * @throws SettingsError with every problem
   */
  prepare(schemas: readonly SchemaMessage[], known = schemas): void {
    const streams = new KnownStreams(known);
    const unknown = streams.problems(this.#maps.maps, this.#routes, (message, map) =>
      this.#mapStream(message, map),
    );
    if (unknown.length > 0) throw new SettingsError(unknown);
    this.#known = streams;
    for (const message of schemas) this.#learn(message);
    const problems = schemas.flatMap(
      (message) => sentenceOf(message.stream, () => this.#declare(message, undefined)) ?? [],
    );
    if (problems.length > 0) throw new SettingsError(problems);
  }

  /**
   * Call this at a gap in the input, where the next record may not be a child of the last record.
   */
  forgetParents(): void {
    this.#excludedLines.forgetAll();
  }

  /**
   * Returns a sentence for each map that matches no stream and for each dropped column that does
   * not exist.
   * @param known the streams that exist (default: the streams declared so far)
   */
  unmatched(known: readonly string[] = [...this.#streams.keys()]): string[] {
    return this.#routes.unmatched(known, (stream) => {
      const source = this.#sources.get(stream);
      return source && Object.keys(propertiesOf(source.schema));
    });
  }

  #declare(message: SchemaMessage, line: number | undefined): readonly MappedStream[] {
    this.#learn(message);
    try {
      const streams = this.#routes
        .mapsFor(message.stream)
        .map((map) => this.#mapStream(message, map));
      this.#refuseClash(message.stream, streams);
      this.#streams.set(message.stream, streams);
      return streams;
    } catch (error) {
      throw asInputError(error, message.stream, line);
    }
  }

  #learn(message: SchemaMessage): void {
    this.#sources.set(message.stream, message);
    this.#families.declare(message.stream, message.schema);
  }

  #mapStream(message: SchemaMessage, map: StreamMap | undefined): MappedStream {
    return mapStream(message, map, {
      settings: this.#settings,
      config: this.#config,
      other: (stream, column) =>
        this.#routes.locate(stream, column, this.#sources.get(stream)?.key_properties),
      name: this.#routes.outputName(map, message.stream),
      deselected: this.#known.deselected(message),
    });
  }

  #refuseClash(source: string, streams: readonly MappedStream[]): void {
    const names = streams.map(({ schema }) => schema.stream);
    const others = [...this.#streams].filter(([other]) => other !== source);
    for (const [at, name] of names.entries()) {
      const other = others.find(([, forms]) => forms.some(({ schema }) => schema.stream === name));
      if (!other && names.indexOf(name) === at) continue;
      const who = other ? `the stream "${other[0]}"` : 'another of its maps';
      throw new ExpressionError(`the new name would be "${name}", which ${who} already uses`);
    }
  }

  #record(
    message: RecordMessage,
    line: number | undefined,
    parents: ExcludedParents,
  ): readonly Message[] {
    const { stream } = message;
    const streams = this.#streams.get(stream);
    if (!streams) return [message];
    let exclusion: Exclusion | undefined = parents.exclusionAbove(message);
    try {
      if (exclusion === 'filtered') return [];
      if (exclusion === 'failed') throw new ColumnError('__filter__', PARENT_FAILED);
      return streams.flatMap(({ schema, map, filtersChildren }) => {
        const record = map(message.record);
        if (record) return [{ ...message, stream: schema.stream, record }];
        if (filtersChildren) exclusion = 'filtered';
        return [];
      });
    } catch (error) {
      if (error instanceof ColumnError && error.column === '__filter__') exclusion ??= 'failed';
      const names = streams.map(({ schema }) => schema.stream);
      throw asRecordError(error, stream, line, names);
    } finally {
      parents.note(message, exclusion);
    }
  }
}

const PARENT_FAILED = new ExpressionError('the filter failed on the parent record');

function asRecord(values: Readonly<Record<string, unknown>> | undefined): JsonRecord {
  const record = parseLossless(JSON.stringify(values ?? {}));
  return isObject(record) ? record : {};
}
