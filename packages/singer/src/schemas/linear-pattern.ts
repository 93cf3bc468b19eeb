import { RE2JS } from 're2js';

/** A compiled pattern. */
export interface Pattern {
  test: (text: string) => boolean;
  toString: () => string;
}

/**
 * Compiles the `pattern` of a schema that another program wrote. JavaScript's own regular
 * expressions can take exponential time, e.g. `^(a+)+$` for 40 times `a` and a `!`, so that one
 * record could stop a load. RE2 takes linear time. However, it supports neither
 * lookaround nor backreferences.
 * @returns undefined if RE2 does not support the pattern
 * @throws SyntaxError if the pattern is not valid in JavaScript
 */
export function linearPattern(pattern: string): Pattern | undefined {
  new RegExp(pattern, 'u');
  try {
    const compiled = RE2JS.compile(asRe2(pattern));
    return { test: (text) => compiled.test(text), toString: () => pattern };
  } catch {
    // The pattern is valid, so the only reason is that RE2 lacks a feature that it uses.
    return undefined;
  }
}

/** JavaScript's whitespace and line ends, as ranges for a character class. RE2 knows only ASCII. */
const SPACES =
  '\\t\\n\\x0b\\f\\r \\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const LINE_ENDS = '\\n\\r\\x{2028}\\x{2029}';

const TOKENS = /\\u\{[\da-f]+\}|\\u[\da-f]{4}|\\c[a-z]|\\[\s\S]|[\s\S]/giu;

/** Translates JavaScript's syntax to RE2's, as far as they differ. */
function asRe2(pattern: string): string {
  let isInClass = false;
  let isNegated = false;
  return pattern.replaceAll(TOKENS, (token, at: number) => {
    if (isMissing(token, isInClass && isNegated)) throw new SyntaxError(`RE2 has no ${token} here`);
    if (token === '[' && !isInClass) isNegated = pattern[at + 1] === '^';
    if (token === '[' && !isInClass) isInClass = true;
    else if (token === ']') isInClass = false;
    else if (token === '[') return '\\[';
    else if (token === '.' && !isInClass) return `[^${LINE_ENDS}]`;
    else if (token === '\\s') return isInClass ? SPACES : `[${SPACES}]`;
    else if (token === '\\S' && !isInClass) return `[^${SPACES}]`;
    else if (token.startsWith('\\u')) return `\\x{${token.replaceAll(/[^\da-f]/gi, '')}}`;
    else if (token.startsWith('\\c')) return `\\x{${(token.charCodeAt(2) % 32).toString(16)}}`;
    else if (token === '\\b' && isInClass) return '\\x08';
    else if (token === '\\0') return '\\x00';
    else if (token === '\\/') return '/';
    return token;
  });
}

/** True for half of a surrogate pair, and for `\S` in a negated class, which RE2 cannot express. */
function isMissing(token: string, isInNegatedClass: boolean): boolean {
  return (token === '\\S' && isInNegatedClass) || /^\\u[dD][89a-fA-F]/.test(token);
}
