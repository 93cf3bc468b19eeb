import { comparable } from '../account/instant.ts';
import type { Properties } from '../account/properties.ts';
import {
  functions,
  type Comparison,
  type Expression,
  type FunctionName,
  type OperandType,
} from './expression.ts';
import { member } from './member.ts';
import { QueryError } from './query-error.ts';
import { tokens, type Token } from './tokens.ts';

export interface Entity {
  readonly properties: Properties;
  readonly entity: string;
}

const comparisons: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/**
 * Reads a `$filter`: names are resolved and types agree when it returns.
 * @throws QueryError for bad syntax, unknown names, or types that cannot be compared
 */
export function parseFilter(text: string, entity: Entity): Expression {
  return new FilterReader(text, entity).whole();
}

class FilterReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #entity: Entity;
  #next = 0;

  constructor(text: string, entity: Entity) {
    this.#text = text;
    this.#tokens = tokens(text);
    this.#entity = entity;
  }

  whole(): Expression {
    const expression = this.#condition(this.#or());
    if (this.#next < this.#tokens.length) throw this.#fault();
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
    return { kind, type: 'boolean', left: this.#condition(left), right: this.#condition(right) };
  }

  #not(): Expression {
    if (!this.#takeWord('not')) return this.#comparison();
    return { kind: 'not', type: 'boolean', operand: this.#condition(this.#not()) };
  }

  #comparison(): Expression {
    const left = this.#operand();
    const operator = this.#tokens[this.#next]?.text ?? '';
    if (this.#takeWord('in')) return this.#in(left);
    if (!isComparison(operator)) return left;
    this.#next += 1;
    const right = this.#operand();
    mustAgree(left.type, right.type, operator);
    return { kind: 'comparison', type: 'boolean', operator, left, right };
  }

  #in(left: Expression): Expression {
    const values = this.#list();
    for (const value of values) mustAgree(left.type, value.type, 'in');
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
    return literal(token) ?? this.#refuse(token);
  }

  #word({ text }: Token): Expression {
    const value = { true: true, false: false, null: null }[text];
    if (value === null) return { kind: 'literal', type: 'null', value };
    if (value !== undefined) return { kind: 'literal', type: 'boolean', value };
    if (this.#tokens[this.#next]?.text === '(') return this.#call(text);
    const { path, property } = member(this.#entity.properties, text, this.#entity.entity);
    if (typeof property === 'string') return { kind: 'member', type: property, path };
    throw new QueryError(`The property '${text}' is no primitive and cannot be compared.`);
  }

  #call(name: string): Expression {
    const values = this.#list();
    if (!isFunction(name))
      throw new QueryError(`An unknown function with name '${name}' was found.`);
    const { takes, gives } = functions[name];
    const types = values.map(({ type }) => type);
    if (types.length === takes.length && takes.every((type, at) => type === types[at])) {
      return { kind: 'call', type: gives, name, values };
    }
    const given = types.map(edm).join(', ');
    throw new QueryError(`No function signature for '${name}' matches the arguments (${given}).`);
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

  #condition(expression: Expression): Expression {
    if (expression.type === 'boolean') return expression;
    throw new QueryError('The expression must evaluate to a single boolean value.');
  }

  #take(): Token {
    const token = this.#tokens[this.#next];
    if (!token) throw this.#fault();
    this.#next += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#tokens[this.#next] ?? {};
    if (kind !== 'word' || text !== word) return false;
    this.#next += 1;
    return true;
  }

  #expect(sign: string): void {
    if (this.#take().text !== sign) throw this.#fault();
  }

  #refuse(token: Token): never {
    throw new QueryError(`Unrecognized literal '${token.text}' at position ${token.at}.`);
  }

  #fault(): QueryError {
    const at = this.#tokens[this.#next]?.at ?? this.#text.length;
    return new QueryError(`Syntax error at position ${at} in '${this.#text}'.`);
  }
}

/** A literal that is none (a date without a zone, or alone) is undefined. */
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

function mustAgree(left: OperandType, right: OperandType, operator: string): void {
  const numeric = (type: OperandType): boolean => type === 'int' || type === 'number';
  if (left === right || left === 'null' || right === 'null') return;
  if (numeric(left) && numeric(right)) return;
  throw new QueryError(
    `A binary operator with incompatible types was detected. Found operand types '${edm(left)}' and '${edm(right)}' for operator kind '${operator}'.`,
  );
}

/** The type as the server names it. */
export function edm(type: OperandType): string {
  return {
    int: 'Edm.Int32',
    number: 'Edm.Double',
    string: 'Edm.String',
    boolean: 'Edm.Boolean',
    instant: 'Edm.DateTimeOffset',
    null: '<null>',
  }[type];
}

function isComparison(text: string): text is Comparison {
  return comparisons.includes(text);
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}
