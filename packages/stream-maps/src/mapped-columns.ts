import type { JsonRecord, JsonSchema, JsonValue } from '@exact-spotter/singer';
import { compileExpression, type Names } from './expression/compile.ts';
import {
  asJson,
  ExpressionError,
  isTruthy,
  textOf,
  type Compiled,
} from './expression/expression-value.ts';
import { kindOf, kindsOf, propertiesOf, schemaOfKind, withNull } from './schema.ts';
import type { StreamMap } from './stream-map.ts';

/**
 * Thrown if the expression of a column, or of an option such as `__filter__`, is invalid or fails
 * on a record.
 */
export class ColumnError extends Error {
  override readonly name = 'ColumnError';
  readonly column: string;

  constructor(column: string, cause: ExpressionError) {
    super(cause.message, { cause });
    this.column = column;
  }
}

/** The columns of a stream after mapping. */
export interface MappedColumns {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  /** Maps each source column that is copied unchanged to its copy. */
  readonly copies: ReadonlyMap<string, string>;
  /** @returns undefined if the filter excludes the record */
  readonly map: (record: JsonRecord) => JsonRecord | undefined;
}

interface MappedColumn {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly compiled: Compiled;
  /** The source column that this column copies unchanged. */
  readonly copied?: string | undefined;
  /**
   * True if results are converted to strings, because the declared type is a string but the
   * expression may return a different type.
   */
  readonly asString: boolean;
}

/**
 * Applies a stream's map to the columns of its schema.
 * @param kept the columns to keep if the map drops all unnamed columns
 * @throws ColumnError if an expression is not valid for the schema
 */
export function mapColumns(
  map: StreamMap,
  schema: JsonSchema,
  kept: readonly string[],
  names: Omit<Names, 'columns' | 'selfKind'>,
): MappedColumns {
  const source = propertiesOf(schema);
  const columns = new Map(
    Object.entries(source).map(([name, property]) => [name, kindOf(property)]),
  );
  const known = { ...names, columns };
  const mapped = [...map.columns].flatMap(([name, expression]) =>
    expression === null || names.deselected?.has(name) === true
      ? []
      : [mapColumn(name, expression, source, known)],
  );
  const stays = (name: string): boolean =>
    !map.columns.has(name) && (!map.onlyNamed || kept.includes(name) || name.startsWith('_sdc_'));
  const filter = map.filter === undefined ? undefined : compileFilter(map.filter, known);
  const before = Object.entries(source).filter(([name]) => stays(name) || hasColumn(mapped, name));
  return {
    properties: Object.fromEntries([
      ...before,
      ...mapped.map(({ name, schema: own }) => [name, own] as const),
    ]),
    copies: findCopies(Object.keys(source), stays, mapped),
    map: (record) => (passes(filter, record) ? mapRecord(record, stays, mapped) : undefined),
  };
}

function hasColumn(mapped: readonly MappedColumn[], name: string): boolean {
  return mapped.some((column) => column.name === name);
}

function mapColumn(
  name: string,
  expression: string,
  source: Readonly<Record<string, JsonSchema>>,
  names: Names,
): MappedColumn {
  const before = Object.hasOwn(source, name) ? source[name] : undefined;
  const compiled = inColumn(name, () =>
    compileExpression(expression, { ...names, selfKind: before && kindOf(before) }),
  );
  const { column } = compiled;
  const copied = column !== undefined && Object.hasOwn(source, column) ? column : undefined;
  const copiedSchema = copied === undefined ? undefined : source[copied];
  if (copiedSchema) return { name, compiled, copied, schema: copiedSchema, asString: false };
  return { name, compiled, ...schemaOf(compiled, before) };
}

/**
 * Declares the type that the expression always returns. If that type is unknown, declares the
 * column's former type, or a string if the column is new. In the latter two cases, results are
 * converted to strings if the declared type is a string.
 */
function schemaOf(
  { kind }: Compiled,
  before: JsonSchema | undefined,
): Pick<MappedColumn, 'schema' | 'asString'> {
  if (kind !== undefined)
    return { schema: { ...titleAndDescription(before), ...schemaOfKind(kind) }, asString: false };
  if (!before) return { schema: schemaOfKind('string'), asString: true };
  return {
    schema: withNull(before),
    asString: kindsOf(before).every((one) => one === 'string' || one === 'null'),
  };
}

function titleAndDescription(schema: JsonSchema | undefined): JsonSchema {
  const entries = Object.entries(schema ?? {});
  return Object.fromEntries(entries.filter(([word]) => word === 'title' || word === 'description'));
}

function findCopies(
  source: readonly string[],
  stays: (name: string) => boolean,
  mapped: readonly MappedColumn[],
): Map<string, string> {
  const found = source.flatMap((name): [string, string][] => {
    if (stays(name)) return [[name, name]];
    const copies = mapped.filter(({ copied }) => copied === name);
    const own = copies.find((copy) => copy.name === name) ?? copies[0];
    return own ? [[name, own.name]] : [];
  });
  return new Map(found);
}

function compileFilter(filter: string, names: Names): Compiled {
  return inColumn('__filter__', () => compileExpression(filter, names));
}

function passes(filter: Compiled | undefined, record: JsonRecord): boolean {
  if (!filter) return true;
  const value = inColumn('__filter__', () => filter.evaluate({ record, self: null }));
  return isTruthy(value);
}

function mapRecord(
  record: JsonRecord,
  stays: (name: string) => boolean,
  mapped: readonly MappedColumn[],
): JsonRecord {
  const cells: [string, JsonValue][] = Object.entries(record).filter(([name]) => stays(name));
  for (const column of mapped) {
    // If a record lacks a renamed column, the column is not added as null, because its schema may
    // not allow null.
    const { copied } = column;
    if (copied === undefined || Object.hasOwn(record, copied)) {
      cells.push([column.name, cell(column, record)]);
    }
  }
  return Object.fromEntries(cells);
}

function cell({ name, compiled, asString }: MappedColumn, record: JsonRecord): JsonValue {
  const self = Object.hasOwn(record, name) ? (record[name] ?? null) : null;
  const value = inColumn(name, () => compiled.evaluate({ record, self }));
  return asString && value !== null ? textOf(value) : asJson(value);
}

function inColumn<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) throw new ColumnError(name, error);
    // JavaScript's own functions call themselves for each level of a nested value.
    if (error instanceof RangeError) throw new ColumnError(name, TOO_DEEP);
    throw error;
  }
}

const TOO_DEEP = new ExpressionError('a value is nested too deeply, or is too long');
