import { isDoubtful, type JsonRecord, type JsonValue, type Line } from '@exact-spotter/singer';
import { compileBind, type Bind, type BinderColumn, type Metadata } from './bind.ts';
import { checker, isAllowed, RecordFault, type Check } from './check.ts';
import { isTextual, type ColumnType, type JsonType } from './column-types.ts';
import type { BoundColumn, DeclaredTable } from './database/declare.ts';
import type { Clearing } from './database/removals.ts';
import type { Bindable } from './database/sqlite.ts';
import { fit } from './fit.ts';
import { isMetadataColumn } from './metadata-columns.ts';
import { RecordSource } from './record-source.ts';
import type { Rules } from './rules.ts';
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
  /** The types of the columns so far, where the rows are gathered beside the table. */
  staged: ReadonlyMap<string, ColumnType> | undefined;
  /** Texts that held half a surrogate pair. */
  mended = 0;
  /** Properties that records bear, and no schema named. */
  readonly undeclared = new Set<string>();
}

/** Taps that send more than they declare do so from the first record on. */
const LOOKED_THROUGH = 100;

export interface StreamOptions {
  readonly validate: boolean;
  readonly run: (...values: Bindable[]) => unknown;
  /** What the schema demands beyond types. */
  readonly rules?: Rules;
}

/** A stream as its last SCHEMA declares it: takes records, and puts them into its table. */
export class Stream {
  readonly schema: StreamSchema;
  readonly table: DeclaredTable;
  readonly history: StreamHistory;
  /** How the children of a row are cleared; made where it is first needed. */
  clearings: readonly Clearing[] | undefined;
  readonly #rules: Rules | undefined;
  readonly #check: Check;
  readonly #bind: Bind;
  readonly #source = new RecordSource();
  /** Records that are still looked through for properties that the schema does not name. */
  #lookedThrough = 0;

  constructor(
    schema: StreamSchema,
    table: DeclaredTable,
    history: StreamHistory,
    { validate, run, rules }: StreamOptions,
  ) {
    this.schema = schema;
    this.table = table;
    this.history = history;
    this.#rules = rules;
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

  /** The columns that refer to another table, as they are joined. */
  indexes(): { readonly table: string; readonly columns: readonly string[] }[] {
    const { references, parent } = this.schema;
    const wanted = [...references.keys()].map((property) => [property]);
    if (parent) wanted.push(Object.keys(parent.columns));
    return wanted.flatMap((properties) => {
      const columns = properties
        .map((name) => this.columnOf(name))
        .filter((name) => name !== undefined);
      return columns.length < properties.length ? [] : [{ table: this.table.finalTable, columns }];
    });
  }

  columnOf(property: string): string | undefined {
    return this.table.columns.find((column) => column.property === property)?.column;
  }

  /**
   * @throws RecordFault for a record that may not stand
   * @throws Misfit before anything is written, where a column must become untyped first
   */
  write(record: JsonRecord, metadata: Metadata, line: Line, isBare: boolean): void {
    this.look(line, isBare);
    if (this.#lookedThrough < LOOKED_THROUGH) this.#lookThrough(record);
    if (this.#rules) {
      const fault = this.#rules(record, () => this.#source.plainRecord());
      if (fault) throw fault;
    }
    this.#bind(record, metadata);
  }

  /** To be called before the `values` of a record are asked for that was not written before. */
  look(line: Line, isBare: boolean): void {
    this.#source.set(line, isBare);
  }

  #lookThrough(record: JsonRecord): void {
    this.#lookedThrough += 1;
    for (const name of Object.keys(record)) {
      if (this.columnOf(name) === undefined && !isMetadataColumn(name)) {
        this.history.undeclared.add(name);
      }
    }
  }

  /** The values of some columns of the record that was looked at last, as they are in the table. */
  values(record: JsonRecord, columns: readonly string[]): Bindable[] {
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
    parsed: JsonValue | undefined,
  ): Bindable {
    if (!property || !column) return null;
    const value =
      typeof parsed === 'number' && isDoubtful(parsed)
        ? this.#source.exactNumber(property.name, parsed)
        : parsed;
    const reason = this.#check(property, value);
    if (reason !== undefined) throw new RecordFault(property.name, reason);
    if (typeof value === 'string' && !value.isWellFormed()) this.history.mended += 1;
    const bound = fit(column.type, value, (nested) => this.#source.jsonText(property.name, nested));
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
