import type { ErrorObject } from 'ajv';
import type { JsonSchema } from './messages.ts';

/** What is wrong with a value: where (a JSON pointer, `""` for the whole), and the reason in words. */
export interface Violation {
  readonly path: string;
  readonly reason: string;
  /** The keyword that failed: `type`, `required`, … */
  readonly keyword: string;
  /** The name that a `required` misses. */
  readonly missing?: string;
}

/**
 * Compiles a JSON Schema. Formats are not checked here; unknown keywords are passed over, as
 * schemas of any tap hold some. The reasons never hold the value itself.
 * @param isOurs a schema of this program, known to be one: to hold it against the meta-schema would
 * cost more at start-up than all the rest
 * @returns a function that gives every violation, none for a valid value
 * @throws Error for a schema that is no schema
 */
export type CompileValidator = (
  schema: JsonSchema,
  isOurs?: boolean,
) => (value: unknown) => readonly Violation[];

/** Loads the validator, which takes a while: only where it is needed. */
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

/** In words, where Ajv's own leave something to be asked. */
function reasonOf(keyword: string, params: ErrorObject['params']): string | undefined {
  const allowed: unknown = params['allowedValues'];
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`;
  return keyword === 'minLength' && params['limit'] === 1 ? 'must not be empty' : undefined;
}
