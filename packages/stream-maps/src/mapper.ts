import {
  InputError,
  type JsonRecord,
  type Message,
  type RecordMessage,
  type SchemaMessage,
  SettingsError,
  isRawJson,
  nearest,
  parseLossless,
} from '@exact-spotter/singer';
import { ColumnFault } from './columns.ts';
import { compileExpression } from './compile.ts';
import { mapFault, mapStream, recordFault, type MappedStream } from './mapped-stream.ts';
import { FiledRecords, LastRecords, type Fate, type Parents } from './parents.ts';
import { isExpression, Routes } from './routes.ts';
import { propertiesOf } from './schema.ts';
import type { MapSettings } from './settings.ts';
import { place, readStreamMaps, takes, type StreamMap, type StreamMaps } from './stream-map.ts';
import { ExpressionFault, isObject } from './value.ts';

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
  readonly #last = new LastRecords(this.#sources);
  readonly #filed = new FiledRecords(this.#sources);

  /** @throws SettingsError with every fault that shows without a schema */
  constructor(settings: MapSettings) {
    this.#settings = settings;
    this.#config = asRecord(settings.stream_map_config);
    this.#maps = readStreamMaps(settings.stream_maps ?? {});
    this.#routes = new Routes(this.#maps, settings, this.#config);
    const faults = [...this.#maps.faults, ...this.#maps.maps.flatMap((map) => this.#check(map))];
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
        return this.#record(message, line, this.#last);
      case 'ACTIVATE_VERSION': {
        const streams = this.#streams.get(message.stream);
        return streams?.map(({ schema }) => ({ ...message, stream: schema.stream })) ?? [message];
      }
      case 'STATE':
        this.#filed.forgetAll();
        return [message];
      case 'BATCH':
        this.#last.forget(message.stream);
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
    return this.#record(message, line, this.#filed);
  }

  /**
   * Declares all streams of a program that knows them beforehand.
   * @throws SettingsError with every fault
   */
  prepare(schemas: readonly SchemaMessage[]): void {
    for (const message of schemas) this.#sources.set(message.stream, message);
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
    this.#last.forgetAll();
  }

  /** A sentence for each map that takes none of the streams. @param known those met, where it is missing */
  unmatched(known: readonly string[] = [...this.#streams.keys()]): string[] {
    return this.#maps.maps.flatMap((map) => {
      const taken = known.filter((stream) => takes(map, stream));
      if (taken.length > 0) return this.#undropped(map, taken);
      return [`${place(map.name)} takes no stream that there is, and has no effect.`];
    });
  }

  /** A column that is to be dropped and is misspelt goes out in clear: that must not pass unsaid. */
  #undropped(map: StreamMap, streams: readonly string[]): string[] {
    const sources = streams.map((stream) => this.#sources.get(stream));
    const columns = sources.flatMap((source) => Object.keys(propertiesOf(source?.schema ?? {})));
    if (sources.includes(undefined)) return [];
    return [...map.columns]
      .filter(([column, expression]) => expression === null && !columns.includes(column))
      .map(([column]) => {
        const meant = nearest(column, columns);
        const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
        return `${place(map.name)} drops a column "${column}" that is not there: nothing is dropped.${hint}`;
      });
  }

  #declare(message: SchemaMessage, line: number | undefined): readonly MappedStream[] {
    this.#sources.set(message.stream, message);
    try {
      const streams = this.#routes.of(message.stream).map((map) => this.#form(message, map));
      this.#refuseClash(message.stream, streams);
      this.#streams.set(message.stream, streams);
      return streams;
    } catch (fault) {
      throw mapFault(fault, message.stream, line);
    }
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

  #record(message: RecordMessage, line: number | undefined, parents: Parents): readonly Message[] {
    const { stream } = message;
    const streams = this.#streams.get(stream);
    if (!streams) return [message];
    let fate: Fate | undefined = parents.above(message);
    try {
      if (fate === 'out') return [];
      if (fate === 'undecided') throw new ColumnFault('__filter__', ORPHANED);
      return streams.flatMap(({ schema, map, filtersChildren }) => {
        const record = map(message.record);
        if (record) return [{ ...message, stream: schema.stream, record }];
        if (filtersChildren) fate = 'out';
        return [];
      });
    } catch (fault) {
      if (fault instanceof ColumnFault && fault.column === '__filter__') fate ??= 'undecided';
      const names = streams.map(({ schema }) => schema.stream);
      throw recordFault(fault, stream, line, names);
    } finally {
      parents.note(message, fate);
    }
  }

  #check(map: StreamMap): string[] {
    const { name, alias, filter, columns } = map;
    const expressions: (readonly [string, string | null])[] = [...columns];
    if (filter !== undefined) expressions.push(['__filter__', filter]);
    if (alias !== undefined && isExpression(alias)) expressions.push(['__alias__', alias]);
    const names = { config: this.#config, streamName: name, originalStreamName: name };
    return expressions.flatMap(([entry, expression]) => {
      try {
        if (expression !== null) compileExpression(expression, names);
        return [];
      } catch (fault) {
        if (fault instanceof ExpressionFault) return [`${place(name, entry)}: ${fault.message}.`];
        throw fault;
      }
    });
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
