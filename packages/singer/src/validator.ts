import { Ajv, type ErrorObject } from 'ajv';
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
 * @returns a function that gives every violation, none for a valid value
 * @throws Error for a schema that is no schema
 */
export function compileValidator(schema: JsonSchema): (value: unknown) => readonly Violation[] {
  const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(violation));
}

function violation({ instancePath, keyword, message, params }: ErrorObject): Violation {
  const missing: unknown = params['missingProperty'];
  const allowed: unknown = params['allowedValues'];
  const reason = Array.isArray(allowed) ? `must be one of ${allowed.join(', ')}` : message;
  return {
    path: instancePath,
    keyword,
    reason: reason ?? 'is not valid',
    ...(typeof missing === 'string' && { missing }),
  };
}
