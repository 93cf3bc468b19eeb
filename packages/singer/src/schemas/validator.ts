import type { ErrorObject } from 'ajv';
import type { JsonSchema } from '../messages/messages.ts';

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

/**
 * Compiles a JSON Schema. Formats are not checked, and unknown keywords are ignored.
 * @param isOurs true for a schema from this repository. Such a schema is not validated against the
 * meta-schema, because the validation would take longer than the rest of the start-up
 * @returns a function that returns every violation in a value
 * @throws Error if the schema is invalid
 */
export type CompileValidator = (
  schema: JsonSchema,
  isOurs?: boolean,
) => (value: unknown) => readonly Violation[];

/** Loads Ajv, which takes about 17 ms: call this only when a validator is needed. */
export async function loadValidator(): Promise<CompileValidator> {
  const { Ajv } = await import('ajv');
  return (schema, isOurs = false) => {
    const ajv = new Ajv({
      allErrors: true,
      strict: false,
      validateFormats: false,
      logger: false,
      ...(isOurs && { meta: false, validateSchema: false }),
    });
    const validate = ajv.compile(schema);
    return (value) => (validate(value) ? [] : (validate.errors ?? []).map(violation));
  };
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
