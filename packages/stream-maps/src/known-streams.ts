import { InputError, type SchemaMessage } from '@exact-spotter/singer';
import { asInputError } from './mapped-stream.ts';
import type { Routes } from './routes.ts';
import { propertiesOf } from './schema.ts';
import { matches, type StreamMap } from './stream-map.ts';

/** All streams and columns of a program that knows them in advance, selected or not. */
export class KnownStreams {
  readonly #schemas: readonly SchemaMessage[];
  readonly #columns: ReadonlyMap<string, readonly string[]>;

  constructor(schemas: readonly SchemaMessage[]) {
    this.#schemas = schemas;
    this.#columns = new Map(
      schemas.map(({ stream, schema }) => [stream, Object.keys(propertiesOf(schema))]),
    );
  }

  /**
   * Returns a sentence for each map that matches no stream, for each dropped column that does not
   * exist, and for each map that is valid for none of the streams that it matches: a pattern may
   * match more streams than it is meant for.
   * @param apply applies a map to a stream
   */
  problems(
    maps: readonly StreamMap[],
    routes: Routes,
    apply: (message: SchemaMessage, map: StreamMap) => unknown,
  ): string[] {
    const unmatched = routes.unmatched([...this.#columns.keys()], (stream) =>
      this.#columns.get(stream),
    );
    const invalid = maps.flatMap((map) => {
      const matching = this.#schemas.filter(({ stream }) => !map.drops && matches(map, stream));
      const failures = matching.map((message) =>
        sentenceOf(message.stream, () => apply(message, map)),
      );
      return failures.includes(undefined) ? [] : failures.slice(0, 1);
    });
    return [...unmatched, ...invalid].filter((problem) => problem !== undefined);
  }

  /** Returns the columns of a stream that its SCHEMA message lacks. */
  deselected({ stream, schema }: SchemaMessage): ReadonlySet<string> {
    const declared = propertiesOf(schema);
    const known = this.#columns.get(stream) ?? [];
    return new Set(known.filter((column) => !Object.hasOwn(declared, column)));
  }
}

/** Does something with a stream. @returns why its map is not valid, or undefined if it is */
export function sentenceOf(stream: string, work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const cause = asInputError(error, stream, undefined);
    if (cause instanceof InputError) return capitalize(cause.message);
    throw error;
  }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
