import type { JsonRecord, JsonValue } from '@exact-spotter/singer';
import { compileBind, type Bind, type BinderColumn, type Metadata } from './bind.ts';
import { checker, isAllowed, RecordFault, type Check } from './check.ts';
import { isTextual, type ColumnType, type JsonType } from './column-types.ts';
import type { BoundColumn, DeclaredTable } from './database/declare.ts';
import type { Clearing } from './database/family.ts';
import type { Bindable } from './database/sqlite.ts';
import { fit } from './fit.ts';
import type { Property, StreamSchema } from './stream-schema.ts';
import { Versions } from './versions.ts';

/** A value came that its column would change: the column must become untyped, then try again. */
export class Misfit extends Error {
  override readonly name = 'Misfit';
  readonly property: string;

  constructor(property: string) {
    super(`the column of "${property}" cannot hold a value as it came`);
    this.property = property;
  }
}

/** What is known of a stream for the whole run, whatever becomes of its schema. */
export class StreamHistory {
  readonly versions = new Versions();
  /** Properties whose columns had to become untyped. */
  readonly untyped = new Set<string>();
  isVersioned = false;
  /** Texts that held half a surrogate pair. */
  mended = 0;
}

export interface StreamOptions {
  readonly validate: boolean;
  readonly run: (...values: Bindable[]) => unknown;
}

/** A stream as its last SCHEMA declares it: takes records, and puts them into its table. */
export class Stream {
  readonly schema: StreamSchema;
  readonly table: DeclaredTable;
  readonly history: StreamHistory;
  /** How the children of a row are cleared; made where it is first needed. */
  clearings: readonly Clearing[] | undefined;
  readonly #check: Check;
  readonly #bind: Bind;
  #record: JsonRecord = {};

  constructor(
    schema: StreamSchema,
    table: DeclaredTable,
    history: StreamHistory,
    { validate, run }: StreamOptions,
  ) {
    this.schema = schema;
    this.table = table;
    this.history = history;
    this.#check = checker(schema, validate);
    const columns = table.columns.map((column, index) =>
      binderColumn(column, schema.properties[index], schema.key, validate),
    );
    this.#bind = compileBind(columns, table.metadata, run, (index, value) =>
      this.#unusual(schema.properties[index], table.columns[index], value),
    );
  }

  get name(): string {
    return this.schema.stream;
  }

  get isKeyless(): boolean {
    return this.table.key.length === 0;
  }

  /**
   * @throws RecordFault for a record that may not stand
   * @throws Misfit before anything is written, where a column must become untyped first
   */
  write(record: JsonRecord, metadata: Metadata): void {
    this.#record = record;
    this.#bind(record, metadata);
  }

  /** The values of some columns, as they are in the table. */
  values(record: JsonRecord, columns: readonly string[]): Bindable[] {
    this.#record = record;
    return columns.map((name) => {
      const index = this.table.columns.findIndex(({ column }) => column === name);
      const property = this.schema.properties[index];
      return property
        ? this.#unusual(property, this.table.columns[index], record[property.name])
        : null;
    });
  }

  #unusual(
    property: Property | undefined,
    column: BoundColumn | undefined,
    value: JsonValue | undefined,
  ): Bindable {
    if (!property || !column) return null;
    const reason = this.#check(property, value);
    if (reason !== undefined) throw new RecordFault(property.name, reason);
    if (typeof value === 'string' && !value.isWellFormed()) this.history.mended += 1;
    const bound = fit(column.type, value, () => JSON.stringify(this.#record[property.name]));
    if (bound === undefined) throw new Misfit(property.name);
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
  return { property, type, optional, plain: isAllowed(json, plainType(type)) };
}

/** The type of the values that a column takes as they are. */
function plainType(type: ColumnType): JsonType {
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  return isTextual(type) ? 'string' : 'object';
}
