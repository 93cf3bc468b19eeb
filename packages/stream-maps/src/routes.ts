import { nearest, type JsonRecord } from '@exact-spotter/singer';
import { compileExpression } from './expression/compile.ts';
import { asJson } from './expression/expression-value.ts';
import { flattenName } from './flatten.ts';
import type { OtherColumn } from './schema.ts';
import { isFlattening, type MapSettings } from './settings.ts';
import {
  isExpression,
  matches,
  settingPath,
  type StreamMap,
  type StreamMaps,
} from './stream-map.ts';

/**
 * Determines from the settings alone, before any schema is known, under which names and with which
 * maps each stream is written.
 */
export class Routes {
  readonly #maps: StreamMaps;
  readonly #settings: MapSettings;
  readonly #config: JsonRecord;

  constructor(maps: StreamMaps, settings: MapSettings, config: JsonRecord) {
    this.#maps = maps;
    this.#settings = settings;
    this.#config = config;
  }

  /**
   * Returns a stream's maps, one for each form in which the stream is written. Only the first map
   * can be undefined: in that case, the stream itself is written without a map.
   */
  mapsFor(stream: string): (StreamMap | undefined)[] {
    const matching = this.#maps.maps.filter((map) => matches(map, stream));
    const own = matching.findLast((map) => map.isPrimary);
    const isDropped = own ? own.drops : this.#maps.onlyNamed;
    return [...(isDropped ? [] : [own]), ...matching.filter((map) => !map.isPrimary)];
  }

  /** Returns the name under which a stream is written. */
  outputName(map: StreamMap | undefined, stream: string): string {
    if (!map) return stream;
    if (!map.isPrimary) return map.name;
    const { alias } = map;
    if (alias === undefined || !isExpression(alias)) return alias ?? stream;
    const { evaluate } = compileExpression(alias, this.#names(stream));
    const name = asJson(evaluate({ record: {}, self: null }));
    return typeof name === 'string' ? name : JSON.stringify(name);
  }

  /**
   * Returns the stream and name that a column has after the maps are applied, even if the schema of
   * its stream has not arrived.
   * @param keys the stream's key columns; if undefined, the column is assumed to be a key column
   * @returns undefined if the column is dropped or computed
   */
  locate(
    stream: string,
    column: string,
    keys: readonly string[] | undefined,
  ): ReturnType<OtherColumn> {
    for (const map of this.mapsFor(stream)) {
      const name = map ? this.#columnAfter(map, column, keys) : column;
      if (name === undefined) continue;
      const flat = isFlattening(this.#settings) ? flattenName([name], this.#settings) : name;
      return { stream: this.outputName(map, stream), column: flat };
    }
    return undefined;
  }

  /**
   * Returns a sentence for each map that matches no stream and for each dropped column that does
   * not exist.
   * @param columnsOf undefined if the stream's columns are unknown
   */
  unmatched(
    known: readonly string[],
    columnsOf: (stream: string) => readonly string[] | undefined,
  ): string[] {
    return this.#maps.maps.flatMap((map) => {
      const matching = known.filter((stream) => matches(map, stream));
      if (matching.length === 0)
        return [
          `${settingPath(map.name)} matches no stream and has no effect.${hint(map.source, known)}`,
        ];
      const columns = matching.map(columnsOf);
      if (columns.includes(undefined)) return [];
      const names = columns.flatMap((ofStream) => ofStream ?? []);
      return undropped(map, names);
    });
  }

  #columnAfter(
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

  /**
   * Returns the column that an expression copies unchanged, or undefined if it computes a value.
   */
  #copied(expression: string): string | undefined {
    return compileExpression(expression, this.#names('')).column;
  }

  #names(stream: string): Parameters<typeof compileExpression>[1] {
    return { config: this.#config, streamName: stream, originalStreamName: stream };
  }
}

/**
 * Reports misspelled columns, because otherwise personal data that should be dropped would be
 * written.
 */
function undropped(map: StreamMap, columns: readonly string[]): string[] {
  return [...map.columns]
    .filter(([column, expression]) => expression === null && !columns.includes(column))
    .map(([column]) => {
      const place = settingPath(map.name);
      return `${place} drops the column "${column}", which does not exist: nothing is dropped.${hint(column, columns)}`;
    });
}

function hint(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined
    ? ' Correct the name, or remove the entry.'
    : ` Did you mean "${meant}"?`;
}
