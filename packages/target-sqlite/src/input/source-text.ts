import {
  messageLine,
  parseMessage,
  type JsonSchema,
  type JsonValue,
  type Line,
} from '@exact-spotter/singer';

/** Text of messages and values as their tap wrote it. */

/**
 * A value as JSON text, or undefined if `JSON.stringify` would not keep the source's spelling: it
 * reorders keys that look like integers, and it fails on deep nesting.
 */
export function faithfulJson(value: JsonValue): string | undefined {
  try {
    const text = JSON.stringify(value);
    return /"\d+":/.test(text) ? undefined : text;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A SCHEMA line without `x-covered`, so that a later run can read it. Other lines stay as they are. */
export function reusableSchemaLine(line: Line): Line {
  if (!line.text.includes('"x-covered"')) return line;
  const message = parseMessage(line);
  if (message.type !== 'SCHEMA') return line;
  const schema = withoutCovered(message.schema);
  return { ...line, text: messageLine({ ...message, schema }).trimEnd() };
}

/** `x-covered` is about one run, not about the stream. */
export function withoutCovered(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== 'x-covered'));
}
