import type { JsonRecord } from '@exact-spotter/singer';
import { compileExpression } from './compile.ts';
import { flattenName } from './flatten.ts';
import type { OtherColumn } from './keywords.ts';
import { isFlattening, type MapSettings } from './settings.ts';
import { takes, type StreamMap, type StreamMaps } from './stream-map.ts';
import { asJson } from './value.ts';

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

/** A new name is one as it stands; with quotes, or the old name in it, it is an expression. */
export function isExpression(alias: string): boolean {
  return alias.includes('__stream_name__') || /^\s*(['"])[\s\S]*\1\s*$/.test(alias);
}
