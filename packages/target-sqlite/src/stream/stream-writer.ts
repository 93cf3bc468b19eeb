import { isDoubtful, type JsonRecord, type JsonValue } from '@exact-spotter/singer';
import { isMetadataColumn, isTextual, type ColumnType } from '../database/columns.ts';
import type { BoundColumn, DeclaredTable } from '../database/rows.ts';
import type { Bindable } from '../database/sqlite.ts';
import {
  bindable,
  compileBind,
  type Bind,
  type BinderColumn,
  type Insert,
  type Metadata,
} from '../record/bind.ts';
import { createCheck, InvalidRecordError, isAllowed, type Check } from '../record/check.ts';
import type { JsonType } from '../record/json-types.ts';
import type { Rules } from '../record/rules.ts';
import type { Property, StreamSchema } from '../record/stream-schema.ts';
import type { SourcedRecord } from '../record/source.ts';
import { Versions } from './versions.ts';

/** Thrown if a column would change a value and must therefore become untyped. */
export class ColumnTooNarrowError extends Error {
  override readonly name = 'ColumnTooNarrowError';
  readonly property: string;

  constructor(property: string) {
    super(`the column of "${property}" would change a value`);
    this.property = property;
  }
}

/** The facts about a stream that are kept for the whole load, even if its schema changes. */
export class StreamHistory {
  readonly versions = new Versions();
  /** Properties whose columns had to become untyped. */
  readonly untyped = new Set<string>();
  isVersioned = false;
  /** The current columns of the staging table and their types; only with `load_method: overwrite`. */
  staged: ReadonlyMap<string, ColumnType> | undefined;
  /** The number of strings in which unpaired surrogates were replaced. */
  surrogates = 0;
  /** Record properties that no schema declares. */
  readonly undeclared = new Set<string>();
}

/**
 * How many records are searched for undeclared properties. Such properties usually appear in the
 * first records.
 */
const RECORDS_SEARCHED = 100;

export interface WriterOptions {
  readonly validate: boolean;
  readonly insert: Insert;
  /** Validates the rules in the schema that go beyond types. */
  readonly rules: Rules | undefined;
}

/** Checks, binds and inserts the records of a stream according to its last SCHEMA. */
export class StreamWriter {
  readonly schema: StreamSchema;
  readonly table: DeclaredTable;
  readonly history: StreamHistory;
  readonly #rules: Rules | undefined;
  readonly #check: Check;
  readonly #bind: Bind;
  #searched = 0;

  constructor(
    schema: StreamSchema,
    table: DeclaredTable,
    history: StreamHistory,
    { validate, insert, rules }: WriterOptions,
  ) {
    this.schema = schema;
    this.table = table;
    this.history = history;
    this.#rules = rules;
    this.#check = createCheck(schema, validate);
    const columns = table.columns.map((column, index) =>
      binderColumn(column, schema.properties[index], schema.key, validate),
    );
    this.#bind = compileBind(columns, table.metadata, insert, (index, value, record) =>
      this.#bindOther(schema.properties[index], table.columns[index], value, record),
    );
  }

  get name(): string {
    return this.schema.stream;
  }

  get isKeyless(): boolean {
    return this.table.key.length === 0;
  }

  /**
   * Checks and binds in one pass over the columns, for speed. Generated code binds the usual values of
   * a column directly; only unusual values are checked one by one.
   * @throws InvalidRecordError, ColumnTooNarrowError; in both cases the record is not inserted
   */
  write(record: SourcedRecord, metadata: Metadata): void {
    if (this.#searched < RECORDS_SEARCHED) this.#findUndeclared(record.values);
    if (this.#rules) {
      const error = this.#rules(record.values, () => record.withDoubles());
      if (error) throw error;
    }
    this.#bind(record, metadata);
  }

  /**
   * Returns the values of a record for the given columns.
   * @throws InvalidRecordError, ColumnTooNarrowError
   */
  values(record: SourcedRecord, columns: readonly string[]): Bindable[] {
    return columns.map((name) => {
      const index = this.table.columns.findIndex(({ column }) => column === name);
      const property = this.schema.properties[index];
      if (!property) return null;
      const value = record.values[property.name];
      return this.#bindOther(property, this.table.columns[index], value, record);
    });
  }

  /** @returns the values of the key columns; undefined if no row can have these values */
  keyOf(record: SourcedRecord): Bindable[] | undefined {
    try {
      return this.values(record, this.table.key);
    } catch (error) {
      if (error instanceof InvalidRecordError || error instanceof ColumnTooNarrowError)
        return undefined;
      throw error;
    }
  }

  columnOf(property: string): string | undefined {
    return this.table.columns.find((column) => column.property === property)?.column;
  }

  /** Returns the columns that refer to other tables, which queries use in joins. */
  referringColumns(): { readonly table: string; readonly columns: readonly string[] }[] {
    const { references, parent } = this.schema;
    const referring = [...references.keys()].map((property) => [property]);
    if (parent) referring.push(Object.keys(parent.columns));
    return referring.flatMap((properties) => {
      const columns = properties
        .map((name) => this.columnOf(name))
        .filter((name) => name !== undefined);
      return columns.length < properties.length ? [] : [{ table: this.table.finalTable, columns }];
    });
  }

  #findUndeclared(record: JsonRecord): void {
    this.#searched += 1;
    for (const name of Object.keys(record)) {
      if (this.columnOf(name) === undefined && !isMetadataColumn(name)) {
        this.history.undeclared.add(name);
      }
    }
  }

  #bindOther(
    property: Property | undefined,
    column: BoundColumn | undefined,
    parsed: JsonValue | undefined,
    record: SourcedRecord,
  ): Bindable {
    if (!property || !column) return null;
    const value =
      typeof parsed === 'number' && isDoubtful(parsed)
        ? record.exactNumber(property.name, parsed)
        : parsed;
    const reason = this.#check(property, value);
    if (reason !== undefined) throw new InvalidRecordError(property.name, reason);
    if (typeof value === 'string' && !value.isWellFormed()) this.history.surrogates += 1;
    const bound = bindable(column.type, value, (nested) => record.jsonText(property.name, nested));
    if (bound === undefined) throw new ColumnTooNarrowError(property.name);
    return bound;
  }
}

function binderColumn(
  { property, type }: BoundColumn,
  declared: Property | undefined,
  key: readonly string[],
  validate: boolean,
): BinderColumn {
  const json = validate && declared ? declared.json : new Set<JsonType>();
  const optional =
    !key.includes(property) &&
    isAllowed(json, 'null') &&
    !(validate && declared?.required === true);
  return { property, type, optional, acceptsUsual: isAllowed(json, usualType(type)) };
}

/** The JSON type of a column's usual values, which the column stores unchanged. */
function usualType(type: ColumnType): JsonType {
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  return isTextual(type) ? 'string' : 'object';
}
