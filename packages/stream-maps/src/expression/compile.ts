import { type JsonRecord, nearest } from '@exact-spotter/singer';
import { callFunction, callMethod, isFunction } from './functions.ts';
import { attribute, index, slice } from './members.ts';
import {
  binary,
  comparisonChain,
  condition,
  isComparison,
  isLogical,
  logical,
  unary,
} from './operators.ts';
import { asExpression, parseExpression, type Expression } from './parse.ts';
import { asJson, ExpressionError, type Compiled, type Kind } from './expression-value.ts';

/** The meaning of the names in an expression. */
export interface Names {
  /**
   * The type of each column. If this is undefined, because no schema is known, any name is
   * accepted.
   */
  readonly columns?: ReadonlyMap<string, Kind | undefined>;
  /** The columns that exist, but are not sent. */
  readonly deselected?: ReadonlySet<string>;
  readonly config: JsonRecord;
  /** The stream's name after mapping. */
  readonly streamName: string;
  /** The stream's name before mapping. */
  readonly originalStreamName: string;
  readonly selfKind?: Kind | undefined;
}

/**
 * Compiles an expression. An expression can read only the record and the values in the settings,
 * and can call only the listed functions and methods. It can read only an object's own members.
 * There are no loops, so the run time of an expression is bounded by its length and the length of
 * the values.
 * @throws ExpressionError if the expression cannot be parsed, or uses unknown names or functions
 */
export function compileExpression(text: string, names: Names): Compiled {
  return compile(parseExpression(text), names);
}

type Of<Type extends Expression['type']> = Extract<Expression, { type: Type }>;

function compile(node: Expression, names: Names): Compiled {
  switch (node.type) {
    case 'Literal':
      return literal(node);
    case 'Identifier':
      return named(node.name, names);
    case 'ThisExpression':
      return named('this', names);
    case 'SequenceExpression':
      return inner(node.expressions[0], names);
    case 'ArrayExpression':
      return list(node.elements.map((element) => inner(element, names)));
    case 'UnaryExpression':
      return unary(node.operator, inner(node.argument, names));
    case 'BinaryExpression':
      return operation(node, names);
    case 'ConditionalExpression':
      return condition(
        inner(node.test, names),
        inner(node.consequent, names),
        inner(node.alternate, names),
      );
    case 'MemberExpression':
      return member(node, names);
    case 'CallExpression':
      return call(node, names);
    case 'Compound':
      throw new ExpressionError('the entry contains more than one expression');
  }
}

function inner(node: unknown, names: Names): Compiled {
  return compile(asExpression(node), names);
}

function literal({ value, raw }: Of<'Literal'>): Compiled {
  if (value === null) return { evaluate: () => null };
  if (typeof value === 'string') return { evaluate: () => value, kind: 'string' };
  if (typeof value === 'boolean') return { evaluate: () => value, kind: 'boolean' };
  const number = Number(raw);
  const isWhole = /^\d+$/.test(raw);
  const exact =
    isWhole && !Number.isSafeInteger(number) ? JSON.rawJSON(String(BigInt(raw))) : number;
  return { evaluate: () => exact, kind: isWhole ? 'integer' : 'number' };
}

function list(items: readonly Compiled[]): Compiled {
  return {
    evaluate: (scope) => items.map(({ evaluate }) => asJson(evaluate(scope))),
    kind: 'array',
  };
}

function named(name: string, names: Names): Compiled {
  const { columns, config, streamName, originalStreamName, selfKind } = names;
  if (name === 'record' || name === '_')
    return { evaluate: ({ record }) => record, kind: 'object', isRecord: true };
  if (name === 'config')
    return { evaluate: () => config, kind: 'object', fixed: Object.keys(config) };
  if (name === 'self') return { evaluate: ({ self }) => self, kind: selfKind };
  if (name === '__stream_name__') return { evaluate: () => streamName, kind: 'string' };
  if (name === '__original_stream_name__')
    return { evaluate: () => originalStreamName, kind: 'string' };
  if (columns && !columns.has(name))
    throw unknownColumn(name, [...columns.keys()], names.deselected);
  const evaluate: Compiled['evaluate'] = ({ record }) =>
    Object.hasOwn(record, name) ? (record[name] ?? null) : null;
  return { evaluate, kind: columns?.get(name), column: name };
}

function unknownColumn(
  name: string,
  columns: readonly string[],
  deselected?: ReadonlySet<string>,
): ExpressionError {
  if (deselected?.has(name) === true)
    return new ExpressionError(
      `the catalog does not select the column "${name}": select it, or remove the expression`,
    );
  const meant = nearest(name, columns);
  const hint = meant === undefined ? 'strings need quotes' : `did you mean "${meant}"`;
  return new ExpressionError(`the stream has no column "${name}": ${hint}`);
}

/**
 * Compiles a binary operation as Python would. jsep binds `not` more tightly than comparisons, so a
 * `not` at the left end is moved outward. `a < b < c` is compiled as `a < b and b < c`.
 */
function operation(node: Of<'BinaryExpression'>, names: Names): Compiled {
  const { operator, right } = node;
  const left = asExpression(node.left);
  if (isLogical(operator)) return logical(operator, inner(left, names), inner(right, names));
  const negated = leadingNot(left);
  if (negated) return unary('not', operation({ ...node, left: negated }, names));
  if (isComparison(operator)) return comparisons(node, names);
  return binary(operator, inner(left, names), inner(right, names));
}

function comparisons(node: Of<'BinaryExpression'>, names: Names): Compiled {
  const rest = [];
  let first: Expression = node;
  while (first.type === 'BinaryExpression' && isComparison(first.operator)) {
    rest.unshift({ operator: first.operator, operand: inner(first.right, names) });
    first = asExpression(first.left);
  }
  return comparisonChain(inner(first, names), rest);
}

/** Removes the `not` at the left end. @returns undefined if there is no `not` */
function leadingNot(node: Expression): Expression | undefined {
  if (node.type === 'UnaryExpression' && node.operator === 'not')
    return asExpression(node.argument);
  if (node.type !== 'BinaryExpression' || isLogical(node.operator)) return undefined;
  const left = leadingNot(asExpression(node.left));
  return left && { ...node, left };
}

function member(
  { object, property, computed, optional }: Of<'MemberExpression'>,
  names: Names,
): Compiled {
  if (optional === true) throw new ExpressionError('"?." is not supported');
  const owner = inner(object, names);
  const part = asExpression(property);
  if (!computed && part.type === 'Identifier') return attribute(owner, part.name);
  if (part.type !== 'Compound') return index(owner, inner(part, names), literalText(part));
  const [from, to] = part.body;
  return slice(owner, inner(from, names), inner(to, names));
}

/** @returns undefined if the node is not a string literal */
function literalText(part: Expression): string | undefined {
  return part.type === 'Literal' && typeof part.value === 'string' ? part.value : undefined;
}

function call(node: Of<'CallExpression'>, names: Names): Compiled {
  const given = node.arguments.map((argument) => inner(argument, names));
  const callee = asExpression(node.callee);
  const path = dotted(callee);
  if (path !== undefined && isFunction(path)) return callFunction(path, given);
  if (callee.type === 'MemberExpression' && !callee.computed) {
    const method = asExpression(callee.property);
    if (method.type === 'Identifier')
      return callMethod(inner(callee.object, names), method.name, given);
  }
  return callFunction(path, given);
}

/** Returns `a.b.c` if the node consists only of names, otherwise undefined. */
function dotted(node: Expression): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression' || node.computed) return undefined;
  const [before, last] = [dotted(asExpression(node.object)), dotted(asExpression(node.property))];
  return before === undefined || last === undefined ? undefined : `${before}.${last}`;
}
