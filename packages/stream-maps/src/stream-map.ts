import { nearest, type JsonRecord } from '@exact-spotter/singer';
import { compileExpression } from './expression/compile.ts';
import { ExpressionFault } from './expression/value.ts';
import type { MapSettings, StreamMapEntry } from './settings.ts';

/** What the settings say of one stream, or of those that a pattern names. */
export interface StreamMap {
  /** Its name in `stream_maps`. */
  readonly name: string;
  /** The stream, or the pattern of streams, that it takes. */
  readonly source: string;
  /** False for a second form of a stream, by `__source__`. */
  readonly isPrimary: boolean;
  /** True where the stream is dropped. */
  readonly drops: boolean;
  /** A new name, or an expression of it. */
  readonly alias?: string;
  readonly filter?: string;
  /** Empty for no key. */
  readonly keyProperties?: readonly string[];
  /** Columns that are not named are dropped, but for the key. */
  readonly onlyNamed: boolean;
  /** Column → its expression, or null where it is dropped. */
  readonly columns: ReadonlyMap<string, string | null>;
}

export interface StreamMaps {
  readonly maps: readonly StreamMap[];
  /** Streams that are not named are dropped. */
  readonly onlyNamed: boolean;
  readonly faults: readonly string[];
}

const NULL = '__NULL__';
const ELSE = '__else__';
const OPTIONS = ['__filter__', '__key_properties__', '__alias__', '__source__', ELSE] as const;
type StreamMapOption = (typeof OPTIONS)[number];

/** Reads the setting `stream_maps`, and gathers what is wrong with its form. */
export function readStreamMaps(settings: Required<MapSettings>['stream_maps']): StreamMaps {
  const faults: string[] = [];
  const maps = Object.entries(settings).flatMap(([name, said]) => {
    if (name === ELSE) {
      if (!isNull(said)) faults.push(`${place(ELSE)} can only be null (or "${NULL}").`);
      return [];
    }
    if (name.startsWith('__')) faults.push(`${place(name)} is no name of a stream.`);
    return typeof said === 'object' && said !== null
      ? [readMap(name, said, faults)]
      : dropping(name, said, faults);
  });
  return { maps, onlyNamed: ELSE in settings, faults };
}

/** Returns a sentence for each expression of a map that is wrong whatever the stream's schema is. */
export function expressionFaults(map: StreamMap, config: JsonRecord): string[] {
  const { name, alias, filter, columns } = map;
  const expressions: (readonly [string, string | null])[] = [...columns];
  if (filter !== undefined) expressions.push(['__filter__', filter]);
  if (alias !== undefined && isExpression(alias)) expressions.push(['__alias__', alias]);
  const names = { config, streamName: name, originalStreamName: name };
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

/** Where in the settings something stands, for messages. */
export function place(...path: readonly string[]): string {
  return ['The setting "stream_maps"', ...path.map((part) => `"${part}"`)].join(' › ');
}

function dropping(name: string, said: string | null, faults: string[]): StreamMap[] {
  if (!isNull(said)) {
    faults.push(`${place(name)} must be an object, or null (or "${NULL}") to drop the stream.`);
  }
  return [{ ...NOTHING, name, source: name, drops: true }];
}

const NOTHING = {
  isPrimary: true,
  drops: false,
  onlyNamed: false,
  columns: new Map<string, never>(),
};

function readMap(
  name: string,
  said: Readonly<Record<string, StreamMapEntry>>,
  faults: string[],
): StreamMap {
  const columns = new Map<string, string | null>();
  const options: Partial<Record<StreamMapOption, StreamMapEntry>> = {};
  for (const [entry, value] of Object.entries(said)) {
    const option = OPTIONS.find((known) => known === entry);
    if (option) options[option] = value;
    else if (/^__.*__$/.test(entry)) faults.push(unknownOption(name, entry));
    else if (isNull(value)) columns.set(entry, null);
    else if (typeof value === 'string') columns.set(entry, value);
    else faults.push(`${place(name, entry)} must be an expression, or null to drop the column.`);
  }
  return { ...NOTHING, name, columns, ...readOptions(name, options, faults) };
}

function readOptions(
  name: string,
  options: Partial<Record<StreamMapOption, StreamMapEntry>>,
  faults: string[],
): Pick<StreamMap, 'source' | 'isPrimary' | 'onlyNamed'> & Partial<StreamMap> {
  const { __key_properties__: key } = options;
  const text = (option: StreamMapOption): string | undefined => {
    const value = options[option];
    if (value === undefined || isNull(value)) return undefined;
    if (typeof value === 'string') return value;
    faults.push(`${place(name, option)} must be a text.`);
    return undefined;
  };
  const [source, alias, filter] = [text('__source__'), text('__alias__'), text('__filter__')];
  if (source !== undefined && alias !== undefined) {
    faults.push(`${place(name)} has both __source__ and __alias__: its own name is the new one.`);
  }
  if (ELSE in options && !isNull(options[ELSE])) {
    faults.push(`${place(name, ELSE)} can only be null (or "${NULL}").`);
  }
  if (typeof key === 'string' && !isNull(key)) {
    faults.push(
      `${place(name, '__key_properties__')} must be a list of columns, or null for none.`,
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
  const hint = meant === undefined ? `there are ${OPTIONS.join(', ')}` : `did you mean "${meant}"?`;
  return `${place(name, entry)} is no option of a stream map: ${hint}`;
}

/** Whether a stream is the one, or one of those, that a map takes: `*`, `?` and `[a-z]` as in a shell. */
export function takes({ source }: StreamMap, stream: string): boolean {
  if (source === stream) return true;
  if (!/[*?[]/.test(source)) return false;
  return new RegExp(`^${source.replaceAll(/\[!?[^\]]+\]|[\s\S]/g, asPattern)}$`).test(stream);
}

function asPattern(part: string): string {
  if (part === '*') return '[\\s\\S]*';
  if (part === '?') return '[\\s\\S]';
  if (part.length === 1) return part.replace(/[\\^$.*+()[\]{}|]/, '\\$&');
  const isNegated = part[1] === '!';
  const set = part.slice(isNegated ? 2 : 1, -1).replaceAll(/[\\^\]&~|[]/g, '\\$&');
  return `[${isNegated ? '^' : ''}${set}]`;
}

/** A new name is one as it stands; with quotes, or the old name in it, it is an expression. */
export function isExpression(alias: string): boolean {
  return alias.includes('__stream_name__') || /^\s*(['"])[\s\S]*\1\s*$/.test(alias);
}
