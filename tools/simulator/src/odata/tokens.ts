import { QueryError } from './query-error.ts';

type TokenKind = 'date' | 'number' | 'string' | 'word' | 'sign';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

/** A date must come before a number, which it begins like. */
const forms: readonly (readonly [TokenKind, RegExp])[] = [
  ['date', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?/y],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['string', /'(?:[^']|'')*'/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*(?:\/[A-Za-z_][A-Za-z0-9_]*)*/y],
  ['sign', /[(),]/y],
];

/** @throws QueryError at the first character that begins no token */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ') at += 1;
    if (at >= text.length) return found;
    const token = tokenAt(text, at);
    found.push(token);
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, form] of forms) {
    form.lastIndex = at;
    const [match] = form.exec(text) ?? [];
    if (match !== undefined) return { kind, text: match, at };
  }
  throw new QueryError(`Syntax error at position ${at} in '${text}'.`);
}
