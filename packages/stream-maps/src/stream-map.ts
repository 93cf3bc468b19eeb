import { nearest, type JsonRecord } from '@exact-spotter/singer';
import { compileExpression } from './expression/compile.ts';
import { ExpressionError } from './expression/expression-value.ts';
import { matchesPattern } from './pattern.ts';
import type { MapSettings, StreamMapEntry } from './settings.ts';

/** An entry of `stream_maps`: the map for a stream, or for all streams that match a pattern. */
export interface StreamMap {
  /** Its name in `stream_maps`. */
  readonly name: string;
  /** The name of the stream to map, or a pattern. */
  readonly source: string;
  /** False if the map writes an additional form of a stream (`__source__`). */
  readonly isPrimary: boolean;
  /** True if the stream is dropped. */
  readonly drops: boolean;
  /** A new name, or an expression that computes it. */
  readonly alias?: string;
  readonly filter?: string;
  /** The new key. Empty if the key is removed. */
  readonly keyProperties?: readonly string[];
  /** True if all columns are dropped except for the key and the columns named here. */
  readonly onlyNamed: boolean;
  /** Maps a column to its expression, or to null if it is dropped. */
  readonly columns: ReadonlyMap<string, string | null>;
}

export interface StreamMaps {
  readonly maps: readonly StreamMap[];
  /** True if all streams without a map are dropped. */
  readonly onlyNamed: boolean;
  readonly problems: readonly string[];
}

const NULL = '__NULL__';
const ELSE = '__else__';
const OPTIONS = ['__filter__', '__key_properties__', '__alias__', '__source__', ELSE] as const;
type StreamMapOption = (typeof OPTIONS)[number];

/** Reads the setting `stream_maps` and collects the problems in its structure. */
export function readStreamMaps(settings: Required<MapSettings>['stream_maps']): StreamMaps {
  const problems: string[] = [];
  const maps = Object.entries(settings).flatMap(([name, given]) => {
    if (name === ELSE) {
      if (!isNull(given)) problems.push(`${settingPath(ELSE)} can only be null (or "${NULL}").`);
      return [];
    }
    if (name.startsWith('__')) problems.push(`${settingPath(name)} is not a stream name.`);
    return typeof given === 'object' && given !== null
      ? [readMap(name, given, problems)]
      : readDropped(name, given, problems);
  });
  return { maps, onlyNamed: ELSE in settings, problems };
}

/**
 * Returns a sentence for each expression in a map that is invalid regardless of the stream's
 * schema.
 */
export function expressionProblems(map: StreamMap, config: JsonRecord): string[] {
  const { name, alias, filter, columns } = map;
  const expressions: (readonly [string, string | null])[] = [...columns];
  if (filter !== undefined) expressions.push(['__filter__', filter]);
  if (alias !== undefined && isExpression(alias)) expressions.push(['__alias__', alias]);
  const names = { config, streamName: name, originalStreamName: name };
  return expressions.flatMap(([entry, expression]) => {
    try {
      if (expression !== null) compileExpression(expression, names);
      return [];
    } catch (error) {
      if (error instanceof ExpressionError)
        return [`${settingPath(name, entry)}: ${error.message}.`];
      throw error;
    }
  });
}

/** Returns the path of a settings entry, for messages. */
export function settingPath(...path: readonly string[]): string {
  return ['The setting "stream_maps"', ...path.map((part) => `"${part}"`)].join(' › ');
}

function readDropped(name: string, given: string | null, problems: string[]): StreamMap[] {
  if (!isNull(given)) {
    problems.push(
      `${settingPath(name)} must be an object, or null (or "${NULL}") to drop the stream.`,
    );
  }
  return [{ ...UNMAPPED, name, source: name, drops: true }];
}

const UNMAPPED = {
  isPrimary: true,
  drops: false,
  onlyNamed: false,
  columns: new Map<string, never>(),
};

function readMap(
  name: string,
  given: Readonly<Record<string, StreamMapEntry>>,
  problems: string[],
): StreamMap {
  const columns = new Map<string, string | null>();
  const options: Partial<Record<StreamMapOption, StreamMapEntry>> = {};
  for (const [entry, value] of Object.entries(given)) {
    const option = OPTIONS.find((known) => known === entry);
    if (option) options[option] = value;
    else if (/^__.*__$/.test(entry)) problems.push(unknownOption(name, entry));
    else if (isNull(value)) columns.set(entry, null);
    else if (typeof value === 'string') columns.set(entry, value);
    else
      problems.push(
        `${settingPath(name, entry)} must be an expression, or null to drop the column.`,
      );
  }
  return { ...UNMAPPED, name, columns, ...readOptions(name, options, problems) };
}

function readOptions(
  name: string,
  options: Partial<Record<StreamMapOption, StreamMapEntry>>,
  problems: string[],
): Pick<StreamMap, 'source' | 'isPrimary' | 'onlyNamed'> & Partial<StreamMap> {
  const { __key_properties__: key } = options;
  const text = (option: StreamMapOption): string | undefined => {
    const value = options[option];
    if (value === undefined || isNull(value)) return undefined;
    if (typeof value === 'string') return value;
    problems.push(`${settingPath(name, option)} must be a string.`);
    return undefined;
  };
  const [source, alias, filter] = [text('__source__'), text('__alias__'), text('__filter__')];
  if (source !== undefined && alias !== undefined) {
    problems.push(
      `${settingPath(name)} has both __source__ and __alias__: remove __alias__, because the entry's name is the new name.`,
    );
  }
  if (ELSE in options && !isNull(options[ELSE])) {
    problems.push(`${settingPath(name, ELSE)} can only be null (or "${NULL}").`);
  }
  if (typeof key === 'string' && !isNull(key)) {
    problems.push(
      `${settingPath(name, '__key_properties__')} must be a list of columns, or null for no key.`,
    );
  }
  return {
    source: source ?? name,
    isPrimary: source === undefined,
    onlyNamed: ELSE in options,
    ...(alias !== undefined && { alias }),
    ...(filter !== undefined && { filter }),
    ...(key !== undefined && { keyProperties: Array.isArray(key) ? key : [] }),
  };
}

function isNull(value: unknown): value is null | typeof NULL {
  return value === null || value === NULL;
}

function unknownOption(name: string, entry: string): string {
  const meant = nearest(entry, OPTIONS);
  const hint =
    meant === undefined ? `the options are ${OPTIONS.join(', ')}` : `did you mean "${meant}"?`;
  return `${settingPath(name, entry)} is not an option of a stream map: ${hint}`;
}

/**
 * True if a map applies to a stream. Its source may be a shell pattern with `*`, `?` and `[a-z]`.
 */
export function matches({ source }: StreamMap, stream: string): boolean {
  return source === stream || matchesPattern(source, stream);
}

/** True if an alias is an expression: it has quotes or contains `__stream_name__`. */
export function isExpression(alias: string): boolean {
  return alias.includes('__stream_name__') || /^\s*(['"])[\s\S]*\1\s*$/.test(alias);
}
