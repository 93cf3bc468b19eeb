import { nearest, type JsonRecord } from '@exact-spotter/singer';
import { compileExpression } from './expression/compile.ts';
import { flattenName } from './flatten.ts';
import type { OtherColumn } from './schema.ts';
import { isFlattening, type MapSettings } from './settings.ts';
import { isExpression, place, takes, type StreamMap, type StreamMaps } from './stream-map.ts';
import { asJson } from './expression/value.ts';

/** Which streams go where: what the settings alone tell, before any schema is known. */
export class Routes {
  readonly #maps: StreamMaps;
  readonly #settings: MapSettings;
  readonly #config: JsonRecord;

  constructor(maps: StreamMaps, settings: MapSettings, config: JsonRecord) {
    this.#maps = maps;
    this.#settings = settings;
    this.#config = config;
  }

  /** The maps of a stream: the last that is its own (none where it goes as it is), and those that make another of it. */
  of(stream: string): (StreamMap | undefined)[] {
    const taking = this.#maps.maps.filter((map) => takes(map, stream));
    const own = taking.findLast((map) => map.isPrimary);
    const isDropped = own ? own.drops : this.#maps.onlyNamed;
    return [...(isDropped ? [] : [own]), ...taking.filter((map) => !map.isPrimary)];
  }

  /** The name under which a stream goes out. */
  nameOf(map: StreamMap | undefined, stream: string): string {
    if (!map) return stream;
    if (!map.isPrimary) return map.name;
    const { alias } = map;
    if (alias === undefined || !isExpression(alias)) return alias ?? stream;
    const { run } = compileExpression(alias, this.#names(stream));
    const name = asJson(run({ record: {}, self: null }));
    return typeof name === 'string' ? name : JSON.stringify(name);
  }

  /**
   * Where a column of any stream has gone to, whether its schema came or not.
   * @param keys nothing where they are not known: what is referred to is a key as a rule
   */
  whereabouts(
    stream: string,
    column: string,
    keys: readonly string[] | undefined,
  ): ReturnType<OtherColumn> {
    for (const map of this.of(stream)) {
      const name = map ? this.#columnBehind(map, column, keys) : column;
      if (name === undefined) continue;
      const flat = isFlattening(this.#settings) ? flattenName([name], this.#settings) : name;
      return { stream: this.nameOf(map, stream), column: flat };
    }
    return undefined;
  }

  /**
   * Returns a sentence for each map that takes no stream, or drops a column that does not exist.
   * @param columnsOf undefined if the stream's columns are unknown
   */
  unmatched(
    known: readonly string[],
    columnsOf: (stream: string) => readonly string[] | undefined,
  ): string[] {
    return this.#maps.maps.flatMap((map) => {
      const taken = known.filter((stream) => takes(map, stream));
      if (taken.length === 0)
        return [`${place(map.name)} takes no stream that there is, and has no effect.`];
      const columns = taken.map(columnsOf);
      return columns.includes(undefined)
        ? []
        : undropped(
            map,
            columns.flatMap((names) => names ?? []),
          );
    });
  }

  #columnBehind(
    map: StreamMap,
    column: string,
    keys: readonly string[] | undefined,
  ): string | undefined {
    const isKept = !map.onlyNamed || (map.keyProperties ?? keys)?.includes(column) !== false;
    if (!map.columns.has(column) && isKept) return column;
    const copies = [...map.columns].filter(
      ([, expression]) => expression !== null && this.#copied(expression) === column,
    );
    return (copies.find(([name]) => name === column) ?? copies[0])?.[0];
  }

  /** The column that an expression hands on as it is. */
  #copied(expression: string): string | undefined {
    return compileExpression(expression, this.#names('')).column;
  }

  #names(stream: string): Parameters<typeof compileExpression>[1] {
    return { config: this.#config, streamName: stream, originalStreamName: stream };
  }
}

/** A column that is to be dropped and is misspelt goes out in clear: that must not pass unsaid. */
function undropped(map: StreamMap, columns: readonly string[]): string[] {
  return [...map.columns]
    .filter(([column, expression]) => expression === null && !columns.includes(column))
    .map(([column]) => {
      const meant = nearest(column, columns);
      const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
      return `${place(map.name)} drops a column "${column}" that is not there: nothing is dropped.${hint}`;
    });
}
