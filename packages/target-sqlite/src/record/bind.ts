import { compileFunction } from 'node:vm';
import { isRawJson, SMALLEST_SURE, type JsonValue } from '@exact-spotter/singer';
import { isTextual, type ColumnType, type MetadataColumn } from '../database/columns.ts';
import type { Bindable } from '../database/sqlite.ts';
import type { SourcedRecord } from './source.ts';

/** The values of the metadata columns of one row. */
export type Metadata = Readonly<Record<MetadataColumn, Bindable>>;

/** A column, with the values that the column accepts without a check. */
export interface BinderColumn {
  readonly property: string;
  readonly type: ColumnType;
  /** True if the value may be null or missing. */
  readonly optional: boolean;
  /** True if all usual values of the column's type are valid. Such values are stored unchanged. */
  readonly acceptsUsual: boolean;
}

/** Inserts a row of values in the order of the table's columns. */
export type Insert = (...values: Bindable[]) => unknown;

/** Binds the values of a record and inserts them. */
export type Bind = (record: SourcedRecord, metadata: Metadata) => void;

/** Binds a value that is not one of its column's usual values. Throws if the value is not allowed. */
export type BindOther = (
  column: number,
  value: JsonValue | undefined,
  record: SourcedRecord,
) => Bindable;

/**
 * Generates the function that binds a stream's records. It is straight-line code that V8 compiles
 * once per stream. The only parts of the input that the code contains are property names, as quoted
 * strings.
 */
export function compileBind(
  columns: readonly BinderColumn[],
  metadata: readonly MetadataColumn[],
  insert: Insert,
  bindOther: BindOther,
): Bind {
  const reads = columns.map(({ property }, index) => `const v${index} = ${readCode(property)};`);
  const values = [
    ...columns.map((column, index) => valueCode(column, index)),
    ...metadata.map((name) => `metadata.${name}`),
  ];
  const body = `return (record, metadata) => {
const values = record.message.record;
${reads.join('\n')}
insert(${values.join(',\n')});
};`;
  const compiled = compileFunction(body, ['insert', 'bindOther']) as (
    insert: Insert,
    bindOther: BindOther,
  ) => Bind;
  return compiled(insert, bindOther);
}

/**
 * Objects inherit properties such as `constructor`, so these properties are read only if the record
 * itself has them.
 */
function readCode(property: string): string {
  const name = JSON.stringify(property);
  return property in {}
    ? `Object.hasOwn(values, ${name}) ? values[${name}] : undefined`
    : `values[${name}]`;
}

function valueCode({ type, optional, acceptsUsual }: BinderColumn, index: number): string {
  const value = `v${index}`;
  const other = `bindOther(${index}, ${value}, record)`;
  const usual = acceptsUsual ? usualCode(type, value) : undefined;
  const orNull = optional ? `${value} === null || ${value} === undefined ? null : ${other}` : other;
  return usual === undefined ? `(${orNull})` : `(${usual} : ${orNull})`;
}

/** Returns the test for a column's usual values and the value that is bound if it passes. */
function usualCode(type: ColumnType, value: string): string | undefined {
  // Zero, infinity and tiny numbers may differ from the literal in the input: see `isDoubtful`.
  if (type === 'integer') return `${value} !== 0 && Number.isSafeInteger(${value}) ? ${value}`;
  if (type === 'number')
    return `typeof ${value} === 'number' && (${value} > ${SMALLEST_SURE} || ${value} < -${SMALLEST_SURE}) && ${value} - ${value} === 0 ? ${value}`;
  if (type === 'boolean') return `${value} === true ? 1 : ${value} === false ? 0`;
  if (isTextual(type) && type !== 'json')
    return `typeof ${value} === 'string' && ${value}.isWellFormed() ? ${value}`;
  return undefined;
}

/**
 * Converts a value for binding, depending on the type of its column:
 *
 * - null or missing: NULL.
 * - strings: unchanged, but an unpaired surrogate becomes U+FFFD.
 * - booleans: 1 and 0; in a text column `true` and `false`.
 * - numbers in a numeric column: unchanged, if SQLite can hold them exactly.
 * - numbers in an untyped column: an integer or a double if one of these is exact, otherwise the
 *   literal as text.
 * - numbers in a text column: the shortest spelling if a double is exact, otherwise the literal.
 * - objects and arrays: JSON text.
 *
 * @returns undefined if the column would change the value and must therefore become untyped
 */
export function bindable(
  type: ColumnType,
  value: JsonValue | undefined,
  jsonText: (nested: JsonValue) => string,
): Bindable | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string')
    return isTextual(type) || type === 'any' ? value.toWellFormed() : undefined;
  if (typeof value === 'boolean') return isTextual(type) ? String(value) : Number(value);
  if (typeof value === 'number') return bindableNumber(type, value);
  if (isRawJson(value)) return bindableLiteral(type, value.rawJSON);
  return isTextual(type) || type === 'any' ? jsonText(value) : undefined;
}

function bindableNumber(type: ColumnType, value: number): Bindable | undefined {
  if (isTextual(type)) return String(value);
  if (type === 'number') return value;
  if (type === 'integer' && Number.isSafeInteger(value)) return value;
  if (type !== 'integer' && type !== 'any') return undefined;
  // The driver binds every number as a double, so an untyped column would store 5 as 5.0.
  const integer = asInteger(String(value));
  return type === 'any' ? (integer ?? value) : integer;
}

/** @param literal a number that a double cannot hold exactly */
function bindableLiteral(type: ColumnType, literal: string): Bindable | undefined {
  if (isTextual(type)) return literal;
  if (type === 'integer' || type === 'any') {
    const integer = asInteger(literal);
    if (integer !== undefined) return integer;
  }
  if (type !== 'any') return undefined;
  return MINUS_ZERO.test(literal) ? -0 : literal;
}

/** A REAL column stores -0 as 0; an untyped column keeps it. */
const MINUS_ZERO = /^-0(?:\.0*)?(?:[eE].*)?$/;

const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/** Reads the integer from its digits, since a double past 2^53 may be a different number. */
function asInteger(literal: string): bigint | undefined {
  // A number with more digits does not fit into 64 bits, and BigInt would be slow to parse it.
  if (!/^-?(?:0|[1-9]\d{0,18})$/.test(literal) || literal === '-0') return undefined;
  const value = BigInt(literal);
  return value >= MIN_INTEGER && value <= MAX_INTEGER ? value : undefined;
}
