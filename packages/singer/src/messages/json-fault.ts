/** Where a text is not JSON, and why. The reason does not quote the text. */
export interface JsonFault {
  /** The position of the first character that cannot be part of a JSON text. */
  readonly at: number;
  readonly reason: string;
}

/** What may follow at a position. */
type State = 'value' | 'first value' | 'name' | 'first name' | 'colon' | 'comma' | 'end';

const REASONS: Readonly<Record<State, string>> = {
  value: 'a value is expected',
  'first value': 'a value or "]" is expected',
  name: 'a name in double quotes is expected',
  'first name': 'a name in double quotes or "}" is expected',
  colon: 'a colon is expected',
  comma: 'a comma or a closing bracket is expected',
  end: 'it must contain one JSON value and nothing after it',
};

/**
 * Finds where a text is not JSON. `JSON.parse` does not always report the position, and its message
 * quotes the text, which may contain a secret. Not recursive, so it works at any nesting depth.
 * @returns undefined if the text is JSON
 */
export function findJsonFault(text: string): JsonFault | undefined {
  /** The closing brackets of the open objects and arrays. */
  const open: string[] = [];
  let state: State = 'value';
  for (let at = SPACE.after(text, 0); ; at = SPACE.after(text, at)) {
    if (at === text.length)
      return state === 'end' ? undefined : { at, reason: 'the file is cut off' };
    const char = text.charAt(at);
    const isClosing = state.startsWith('first') || state === 'comma';
    if (isClosing && char === open.at(-1)) {
      open.pop();
      at += 1;
      state = open.length === 0 ? 'end' : 'comma';
      continue;
    }
    const end = endOfToken(text, at, state);
    if (end === at) return { at, reason: REASONS[state] };
    if (end === undefined)
      return { at, reason: 'the string has no end, or a wrong character in it' };
    if (OPENING.has(char) && state.endsWith('value')) open.push(OPENING.get(char) ?? '');
    state = nextState(state, char, open.at(-1));
    at = end;
  }
}

const OPENING: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
]);

/** @returns the position if the expected token is missing; undefined for an invalid string */
function endOfToken(text: string, at: number, state: State): number | undefined {
  const char = text.charAt(at);
  if (state === 'colon') return char === ':' ? at + 1 : at;
  if (state === 'comma') return char === ',' ? at + 1 : at;
  if (state === 'end') return at;
  if (char === '"') {
    const end = STRING.after(text, at);
    return end === at ? undefined : end;
  }
  if (!state.endsWith('value')) return at;
  return OPENING.has(char) ? at + 1 : SCALAR.after(text, at);
}

function nextState(state: State, char: string, closing: string | undefined): State {
  if (state === 'colon') return 'value';
  if (state === 'comma') return closing === '}' ? 'name' : 'value';
  if (state.endsWith('name')) return 'colon';
  if (char === '{') return 'first name';
  if (char === '[') return 'first value';
  return closing === undefined ? 'end' : 'comma';
}

/** A pattern that is matched at a position. */
class Token {
  readonly #pattern: RegExp;

  constructor(pattern: RegExp) {
    this.#pattern = new RegExp(pattern, 'y');
  }

  /** @returns the position after the token; the given position if there is no such token */
  after(text: string, at: number): number {
    this.#pattern.lastIndex = at;
    return this.#pattern.test(text) ? this.#pattern.lastIndex : at;
  }
}

// A token is matched at one position only, so the quantifiers cannot cost more than linear time.
// eslint-disable-next-line regexp/no-super-linear-move -- see above
const SPACE = new Token(/[ \t\r\n]*/);
// eslint-disable-next-line regexp/no-super-linear-move -- see above
const SCALAR = new Token(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/);
// eslint-disable-next-line no-control-regex -- JSON strings must not contain control characters.
const STRING = new Token(/"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*"/);
