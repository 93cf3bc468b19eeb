import type { ErrorObject, ValidateFunction } from 'ajv';
import { isObject } from '../messages/json.ts';
import type { JsonSchema } from '../messages/messages.ts';
import type { Pattern } from './linear-pattern.ts';

/** One way in which a value violates its schema. */
export interface Violation {
  /** A JSON pointer; `""` for the whole value. */
  readonly path: string;
  /** E.g. `must be integer`. Never contains the value. */
  readonly reason: string;
  /** The keyword that failed: `type`, `required`, … */
  readonly keyword: string;
  /** The missing property, if the keyword is `required`. */
  readonly missing?: string;
}

/** Returns every violation in a value. */
export type Validate = (value: unknown) => readonly Violation[];

/**
 * Compiles a JSON Schema. Formats are not checked, and unknown keywords are ignored.
 * @param onUnchecked is called for each `pattern` that cannot be checked
 * @throws Error if the schema is invalid
 */
export type CompileValidator = (
  schema: JsonSchema,
  onUnchecked?: (pattern: string) => void,
) => Validate;

const OPTIONS = { allErrors: true, strict: false, validateFormats: false, logger: false } as const;

/**
 * Compiles a schema from this repository. Such a schema is not validated against the meta-schema,
 * because the validation would take longer than the rest of the start-up. Loads Ajv, which takes
 * about 17 ms: call this only when a validator is needed.
 */
export async function compileOwnSchema(schema: JsonSchema): Promise<Validate> {
  const { Ajv } = await import('ajv');
  return violationsOf(new Ajv({ ...OPTIONS, meta: false, validateSchema: false }).compile(schema));
}

/**
 * Loads the validator for schemas that other programs wrote. No value takes more than linear time:
 * see {@link linearPattern}.
 */
export async function loadValidator(): Promise<CompileValidator> {
  const [{ Ajv }, { linearPattern }] = await Promise.all([
    import('ajv'),
    import('./linear-pattern.ts'),
  ]);
  return (schema, onUnchecked) => {
    const compilePattern = (pattern: string): Pattern => {
      const compiled = linearPattern(pattern);
      if (!compiled) onUnchecked?.(pattern);
      return compiled ?? { test: () => true, toString: () => `unchecked ${pattern}` };
    };
    const regExp = Object.assign(compilePattern, { code: 'linearPattern' });
    const ajv = new Ajv({ ...OPTIONS, code: { regExp } });
    // Ajv compares every item with every other item.
    ajv.removeKeyword('uniqueItems').addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      schemaType: 'boolean',
      validate: (isWanted: boolean, items: readonly unknown[]) => !isWanted || areUnique(items),
      error: { message: 'must NOT have duplicate items' },
    });
    return violationsOf(ajv.compile(schema));
  };
}

function areUnique(items: readonly unknown[]): boolean {
  return new Set(items.map((item) => JSON.stringify(item, withSortedKeys))).size === items.length;
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function violationsOf(validate: ValidateFunction): Validate {
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(violation));
}

function violation({ instancePath, keyword, message, params }: ErrorObject): Violation {
  const missing: unknown = params['missingProperty'];
  return {
    path: instancePath,
    keyword,
    reason: reasonOf(keyword, params) ?? message ?? 'is not valid',
    ...(typeof missing === 'string' && { missing }),
  };
}

/** Returns a clearer reason than Ajv's, or undefined if Ajv's reason is clear. */
function reasonOf(keyword: string, params: ErrorObject['params']): string | undefined {
  const allowed: unknown = params['allowedValues'];
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`;
  return keyword === 'minLength' && params['limit'] === 1 ? 'must not be empty' : undefined;
}
