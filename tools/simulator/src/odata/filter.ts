import { comparable } from '../seed/moment.ts';
import type { Comparison, Expression } from './expression.ts';
import {
  QueryError,
  requireComparable,
  resolveCall,
  resolveMember,
  type Entity,
} from './operands.ts';

const comparisons: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/**
 * Parses a `$filter`, resolves its names and checks its types.
 * @throws QueryError if the syntax is invalid, a name is unknown or types cannot be compared
 */
export function parseFilter(text: string, entity: Entity): Expression {
  return new FilterParser(text, entity).parse();
}

class FilterParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #entity: Entity;
  #next = 0;

  constructor(text: string, entity: Entity) {
    this.#text = text;
    this.#tokens = tokenize(text);
    this.#entity = entity;
  }

  parse(): Expression {
    const expression = this.#boolean(this.#or());
    if (this.#next < this.#tokens.length) throw this.#syntaxError();
    return expression;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#takeWord('or')) left = this.#logic('or', left, this.#and());
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#takeWord('and')) left = this.#logic('and', left, this.#not());
    return left;
  }

  #logic(kind: 'and' | 'or', left: Expression, right: Expression): Expression {
    return { kind, type: 'boolean', left: this.#boolean(left), right: this.#boolean(right) };
  }

  #not(): Expression {
    if (!this.#takeWord('not')) return this.#comparison();
    return { kind: 'not', type: 'boolean', operand: this.#boolean(this.#not()) };
  }

  #comparison(): Expression {
    const left = this.#operand();
    const operator = this.#tokens[this.#next]?.text ?? '';
    if (this.#takeWord('in')) return this.#in(left);
    if (!isComparison(operator)) return left;
    this.#next += 1;
    const right = this.#operand();
    requireComparable(left.type, right.type, operator);
    return { kind: 'comparison', type: 'boolean', operator, left, right };
  }

  #in(left: Expression): Expression {
    const values = this.#list();
    for (const value of values) requireComparable(left.type, value.type, 'in');
    return { kind: 'in', type: 'boolean', left, values };
  }

  #operand(): Expression {
    const token = this.#take();
    if (token.text === '(') {
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    if (token.kind === 'word') return this.#word(token);
    const expression = literal(token);
    if (expression) return expression;
    throw new QueryError(`Unrecognized literal '${token.text}' at position ${token.at}.`);
  }

  #word({ text }: Token): Expression {
    const value = { true: true, false: false, null: null }[text];
    if (value === null) return { kind: 'literal', type: 'null', value };
    if (value !== undefined) return { kind: 'literal', type: 'boolean', value };
    if (this.#tokens[this.#next]?.text === '(') return resolveCall(text, this.#list());
    const { path, property } = resolveMember(this.#entity.properties, text, this.#entity.entity);
    if (typeof property === 'string') return { kind: 'member', type: property, path };
    throw new QueryError(`The property '${text}' is not a primitive type and cannot be compared.`);
  }

  #list(): Expression[] {
    this.#expect('(');
    const values = [this.#operand()];
    while (this.#tokens[this.#next]?.text === ',') {
      this.#next += 1;
      values.push(this.#operand());
    }
    this.#expect(')');
    return values;
  }

  #boolean(expression: Expression): Expression {
    if (expression.type === 'boolean') return expression;
    throw new QueryError('The expression must evaluate to a single boolean value.');
  }

  #take(): Token {
    const token = this.#tokens[this.#next];
    if (!token) throw this.#syntaxError();
    this.#next += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#tokens[this.#next] ?? {};
    if (kind !== 'word' || text !== word) return false;
    this.#next += 1;
    return true;
  }

  #expect(text: string): void {
    if (this.#take().text !== text) throw this.#syntaxError();
  }

  #syntaxError(): QueryError {
    const at = this.#tokens[this.#next]?.at ?? this.#text.length;
    return new QueryError(`Syntax error at position ${at} in '${this.#text}'.`);
  }
}

/**
 * @returns undefined if the token is not a literal, for example a date without a time and a zone
 */
function literal({ kind, text }: Token): Expression | undefined {
  if (kind === 'string') {
    return { kind: 'literal', type: 'string', value: text.slice(1, -1).replaceAll("''", "'") };
  }
  if (kind === 'number') {
    const type = /^-?\d+$/.test(text) ? 'int' : 'number';
    return { kind: 'literal', type, value: Number(text) };
  }
  const value = kind === 'date' && /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? comparable(text) : undefined;
  return value === undefined ? undefined : { kind: 'literal', type: 'instant', value };
}

function isComparison(text: string): text is Comparison {
  return comparisons.includes(text);
}

type TokenKind = 'date' | 'number' | 'string' | 'word' | 'punctuation';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** The token's position in the filter. */
  readonly at: number;
}

/** The order matters because a date starts like a number. */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['date', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?/y],
  ['number', /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ['string', /'(?:[^']|'')*'/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*(?:\/[A-Za-z_][A-Za-z0-9_]*)*/y],
  ['punctuation', /[(),]/y],
];

/** @throws QueryError at the first character that does not start a token */
function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ') at += 1;
    if (at >= text.length) return tokens;
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
}

function tokenAt(text: string, at: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const [match] = pattern.exec(text) ?? [];
    if (match !== undefined) return { kind, text: match, at };
  }
  throw new QueryError(`Syntax error at position ${at} in '${text}'.`);
}
