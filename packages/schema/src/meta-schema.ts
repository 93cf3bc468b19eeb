import { Ajv, type ErrorObject } from 'ajv';
import type { JsonSchema, Parent } from '@exact-spotter/singer';

/** Title and description in one language: English by default, Portuguese in `x-pt`. */
export interface Text {
  readonly title: string;
  readonly description: string;
}

/**
 * The name of a table or column, and the type of a column, in the reference connector's
 * documentation.
 */
export interface Documented {
  readonly name: string;
  readonly type?: string;
}

/** A column as a file in `tables/` declares it. */
export interface ColumnSchema extends Text {
  /** A list of a type and `null`, or a single type for a key column. */
  readonly type: string | readonly string[];
  readonly format?: string;
  readonly examples: readonly unknown[];
  readonly 'x-pt': Text;
  readonly 'x-documented'?: Documented;
}

/** A table as a file in `tables/` declares it. `x-references` maps a column to `table.column`. */
export interface TableSchema extends Text {
  readonly $schema: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, ColumnSchema>>;
  readonly 'x-pt': Text;
  /** Present only in the tables of the reference connector. All other tables are additional. */
  readonly 'x-documented'?: Documented;
  /** If present, always false: the table is left out unless a catalog selects it. */
  readonly 'x-selected-by-default'?: boolean;
  readonly 'x-key': readonly string[];
  readonly 'x-references'?: Readonly<Record<string, string>>;
  readonly 'x-parent'?: Parent;
  readonly 'x-replication': { readonly method: string; readonly key?: string };
}

const name = { type: 'string', minLength: 1 };

/** Requires a title without outer spaces, and a description that ends with a period. */
const text = {
  type: 'object',
  required: ['title', 'description'],
  properties: {
    title: { type: 'string', pattern: '^\\S.{0,38}\\S$' },
    description: { type: 'string', pattern: '^\\S.*\\.$', minLength: 15 },
  },
};

const portuguese = { ...text, additionalProperties: false };

const types = ['integer', 'number', 'string', 'boolean'];

/** The column types in the reference connector's documentation. */
const documentedTypes = ['float', 'text', 'timestamp', 'boolean'];

const column = {
  ...text,
  required: [...text.required, 'x-pt', 'type', 'examples'],
  properties: {
    ...text.properties,
    'x-pt': portuguese,
    type: {
      oneOf: [
        { enum: types },
        {
          type: 'array',
          items: [{ enum: types }, { const: 'null' }],
          minItems: 2,
          additionalItems: false,
        },
      ],
    },
    format: { enum: ['date', 'date-time'] },
    examples: { type: 'array', minItems: 1 },
    'x-documented': {
      type: 'object',
      required: ['name', 'type'],
      properties: { name, type: { enum: documentedTypes } },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

/** The schema of a file in `tables/`: JSON Schema draft-07 with the x- keywords. */
export const metaSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A table',
  ...text,
  required: [
    ...['$schema', ...text.required, 'x-pt', 'x-key', 'x-replication'],
    ...['type', 'properties'],
  ],
  properties: {
    ...text.properties,
    $schema: { const: 'http://json-schema.org/draft-07/schema#' },
    type: { const: 'object' },
    properties: {
      type: 'object',
      minProperties: 1,
      // Meltano's selection ignores names with other characters.
      propertyNames: { pattern: '^\\w+$' },
      additionalProperties: column,
    },
    'x-pt': portuguese,
    'x-documented': {
      type: 'object',
      required: ['name'],
      properties: { name },
      additionalProperties: false,
    },
    'x-selected-by-default': { const: false },
    'x-key': { type: 'array', items: name, minItems: 1, uniqueItems: true },
    'x-references': {
      type: 'object',
      minProperties: 1,
      additionalProperties: { type: 'string', pattern: '^\\w+\\.\\w+$' },
    },
    'x-parent': {
      type: 'object',
      required: ['table', 'array', 'columns'],
      properties: {
        table: name,
        array: name,
        columns: { type: 'object', minProperties: 1, additionalProperties: name },
      },
      additionalProperties: false,
    },
    'x-replication': {
      type: 'object',
      required: ['method'],
      properties: { method: { enum: ['full', 'incremental', 'window'] }, key: name },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
  // Only an incremental or window table without a parent has a replication key.
  if: {
    anyOf: [
      { required: ['x-parent'] },
      { properties: { 'x-replication': { properties: { method: { const: 'full' } } } } },
    ],
  },
  then: { properties: { 'x-replication': { not: { required: ['key'] } } } },
  else: { properties: { 'x-replication': { required: ['method', 'key'] } } },
};

/** Returns one sentence per problem in a table's schema. */
export function tableProblems(schema: JsonSchema): readonly string[] {
  const ajv = new Ajv({ allErrors: true, strict: false });
  if (!ajv.validateSchema(schema)) return (ajv.errors ?? []).map(sentence);
  const validate = ajv.compile(metaSchema);
  return validate(schema) ? [] : (validate.errors ?? []).map(sentence);
}

function sentence({ instancePath, message = 'is not valid', params }: ErrorObject): string {
  const where = instancePath === '' ? 'The table' : instancePath;
  const { additionalProperty, allowedValues } = params as {
    readonly additionalProperty?: string;
    readonly allowedValues?: readonly string[];
  };
  const detail = additionalProperty ?? allowedValues?.join(', ');
  return `${where} ${message}${detail === undefined ? '' : `: ${detail}`}.`;
}
