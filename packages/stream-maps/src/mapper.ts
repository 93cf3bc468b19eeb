import {
  Families,
  InputError,
  type JsonRecord,
  type Message,
  type RecordMessage,
  type SchemaMessage,
  SettingsError,
  isRawJson,
  parseLossless,
} from '@exact-spotter/singer';
import { ColumnFault } from './columns.ts';
import { mapFault, mapStream, recordFault, type MappedStream } from './mapped-stream.ts';
import {
  ExcludedBatchRecords,
  ExcludedLines,
  type ExcludedParents,
  type Exclusion,
} from './parents.ts';
import { Routes } from './routes.ts';
import { propertiesOf } from './schema.ts';
import type { MapSettings } from './settings.ts';
import { expressionFaults, readStreamMaps, type StreamMap, type StreamMaps } from './stream-map.ts';
import { ExpressionFault, isObject } from './expression/value.ts';

/**
 * Maps the messages of a run: each becomes none, one or several. A BATCH stays as it is, since its
 * records lie in files: whoever reads those hands them in as RECORD messages, see `mapFiled`.
 */
export class StreamMapper {
  readonly #settings: MapSettings;
  readonly #maps: StreamMaps;
  readonly #config: JsonRecord;
  readonly #routes: Routes;
  readonly #streams = new Map<string, readonly MappedStream[]>();
  readonly #sources = new Map<string, SchemaMessage>();
  readonly #families = new Families();
  readonly #excludedLines = new ExcludedLines(this.#families);
  readonly #excludedBatchRecords = new ExcludedBatchRecords(this.#families);

  /** @throws SettingsError with every fault that shows without a schema */
  constructor(settings: MapSettings) {
    this.#settings = settings;
    this.#config = asRecord(settings.stream_map_config);
    this.#maps = readStreamMaps(settings.stream_maps ?? {});
    this.#routes = new Routes(this.#maps, settings, this.#config);
    const faults = [
      ...this.#maps.faults,
      ...this.#maps.maps.flatMap((map) => expressionFaults(map, this.#config)),
    ];
    if (settings.flattening_enabled && settings.flattening_max_depth === undefined) {
      faults.push('The setting "flattening_max_depth" is required where flattening is enabled.');
    }
    if (faults.length > 0) throw new SettingsError(faults);
  }

  /**
   * @param line where the message stands in the input, for the sentence of a fault
   * @throws InputError where the map does not fit the stream's schema; UnmappedRecordError where an
   *   expression fails on a record
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
   * The same for a record in the file of a BATCH.
   * @throws UnmappedRecordError
   */
  mapFiled(message: RecordMessage, line?: number): readonly Message[] {
    return this.#record(message, line, this.#excludedBatchRecords);
  }

  /**
   * Declares all streams of a program that knows them beforehand.
   * @throws SettingsError with every fault
   */
  prepare(schemas: readonly SchemaMessage[]): void {
    for (const message of schemas) this.#learn(message);
    const faults = schemas.flatMap((message) => {
      try {
        this.#declare(message, undefined);
        return [];
      } catch (fault) {
        if (fault instanceof InputError) return [sentence(fault.message)];
        throw fault;
      }
    });
    if (faults.length > 0) throw new SettingsError(faults);
  }

  /** To be called where the next record does not follow upon the last: it is no child of that one. */
  forgetParents(): void {
    this.#excludedLines.forgetAll();
  }

  /**
   * Returns a sentence for each map that has no effect.
   * @param known the streams that exist (default: those declared so far)
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
      const streams = this.#routes.of(message.stream).map((map) => this.#form(message, map));
      this.#refuseClash(message.stream, streams);
      this.#streams.set(message.stream, streams);
      return streams;
    } catch (fault) {
      throw mapFault(fault, message.stream, line);
    }
  }

  #learn(message: SchemaMessage): void {
    this.#sources.set(message.stream, message);
    this.#families.declare(message.stream, message.schema);
  }

  #form(message: SchemaMessage, map: StreamMap | undefined): MappedStream {
    return mapStream(message, map, {
      settings: this.#settings,
      config: this.#config,
      other: (stream, column) =>
        this.#routes.whereabouts(stream, column, this.#sources.get(stream)?.key_properties),
      name: this.#routes.nameOf(map, message.stream),
    });
  }

  #refuseClash(source: string, streams: readonly MappedStream[]): void {
    const names = streams.map(({ schema }) => schema.stream);
    const others = [...this.#streams].filter(([other]) => other !== source);
    for (const [at, name] of names.entries()) {
      const other = others.find(([, forms]) => forms.some(({ schema }) => schema.stream === name));
      if (!other && names.indexOf(name) === at) continue;
      const who = other ? `the stream "${other[0]}"` : 'another form of it';
      throw new ExpressionFault(`it would go out as "${name}", as ${who} does`);
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
      if (exclusion === 'failed') throw new ColumnFault('__filter__', ORPHANED);
      return streams.flatMap(({ schema, map, filtersChildren }) => {
        const record = map(message.record);
        if (record) return [{ ...message, stream: schema.stream, record }];
        if (filtersChildren) exclusion = 'filtered';
        return [];
      });
    } catch (fault) {
      if (fault instanceof ColumnFault && fault.column === '__filter__') exclusion ??= 'failed';
      const names = streams.map(({ schema }) => schema.stream);
      throw recordFault(fault, stream, line, names);
    } finally {
      parents.note(message, exclusion);
    }
  }
}

const ORPHANED = new ExpressionFault('it failed on the record that this one belongs to');

function asRecord(values: Readonly<Record<string, unknown>> | undefined): JsonRecord {
  const record = parseLossless(JSON.stringify(values ?? {}));
  return isObject(record) && !isRawJson(record) ? record : {};
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
