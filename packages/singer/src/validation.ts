import type { JsonSchema } from './messages.ts';
import type { Violation } from './validator.ts';

/** Compiles a JSON Schema; see `validator.ts`. */
export type CompileValidator = (schema: JsonSchema) => (value: unknown) => readonly Violation[];

/** Loads the validator, which takes a while: only where it is needed. */
export async function loadValidator(): Promise<CompileValidator> {
  return (await import('./validator.ts')).compileValidator;
}
