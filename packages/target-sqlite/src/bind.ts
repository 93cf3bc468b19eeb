import { compileFunction } from 'node:vm';
import { LEAST_SURE, type JsonRecord, type JsonValue } from '@exact-spotter/singer';
import { isTextual, type ColumnType } from './column-types.ts';
import type { Bindable } from './database/sqlite.ts';
import type { MetadataColumn } from './metadata-columns.ts';

/** The values of the metadata columns of one row. */
export type Metadata = Readonly<Record<MetadataColumn, Bindable>>;

/** A column as the binder needs it. */
export interface BinderColumn {
  readonly property: string;
  readonly type: ColumnType;
  /** True where null, or nothing, may stand. */
  readonly optional: boolean;
  /** True where the values that the column holds as they are may stand without a question. */
  readonly plain: boolean;
}

/** Runs a statement with the values of one record, in the order of its columns. */
export type Bind = (record: JsonRecord, metadata: Metadata) => void;

/** Answers for a value that is not plainly of its column's type; throws where it may not stand. */
export type Unusual = (column: number, value: JsonValue | undefined) => Bindable;

/**
 * Generates the function that takes a record apart: one straight line of code, so that the engine
 * compiles it once a stream. Nothing of the input gets into the code but quoted names.
 */
export function compileBind(
  columns: readonly BinderColumn[],
  metadata: readonly MetadataColumn[],
  run: (...values: Bindable[]) => unknown,
  unusual: Unusual,
): Bind {
  const reads = columns.map(({ property }, index) => `const v${index} = ${readCode(property)};`);
  const values = [
    ...columns.map((column, index) => valueCode(column, index)),
    ...metadata.map((name) => `metadata.${name}`),
  ];
  const body = `return (record, metadata) => {\n${reads.join('\n')}\nrun(${values.join(',\n')});\n};`;
  const make = compileFunction(body, ['run', 'unusual']) as (
    run: (...values: Bindable[]) => unknown,
    unusual: Unusual,
  ) => Bind;
  return make(run, unusual);
}

/** A name such as `constructor` is on every object, though the record lacks it. */
function readCode(property: string): string {
  const name = JSON.stringify(property);
  return property in {}
    ? `Object.hasOwn(record, ${name}) ? record[${name}] : undefined`
    : `record[${name}]`;
}

function valueCode({ type, optional, plain }: BinderColumn, index: number): string {
  const value = `v${index}`;
  const rest = `unusual(${index}, ${value})`;
  const usual = plain ? plainCode(type, value) : undefined;
  const orNull = optional ? `${value} === null || ${value} === undefined ? null : ${rest}` : rest;
  return usual === undefined ? `(${orNull})` : `(${usual} : ${orNull})`;
}

/** The test for the usual value of a column, and what is bound for it. */
function plainCode(type: ColumnType, value: string): string | undefined {
  // Zeros, infinities and crumbs may be other than they were written: see `isDoubtful`.
  if (type === 'integer') return `${value} !== 0 && Number.isSafeInteger(${value}) ? ${value}`;
  if (type === 'number')
    return `typeof ${value} === 'number' && (${value} > ${LEAST_SURE} || ${value} < -${LEAST_SURE}) && ${value} - ${value} === 0 ? ${value}`;
  if (type === 'boolean') return `${value} === true ? 1 : ${value} === false ? 0`;
  if (isTextual(type) && type !== 'json')
    return `typeof ${value} === 'string' && ${value}.isWellFormed() ? ${value}`;
  return undefined;
}
