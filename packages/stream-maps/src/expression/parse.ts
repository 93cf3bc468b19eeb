import jsep from 'jsep';
import { refuseDeep } from './depth.ts';
import { ExpressionError } from './expression-value.ts';

/** A syntax tree. A `SequenceExpression` is a group in parentheses, and a `Compound` is a slice. */
export type Expression = jsep.CoreExpression;

/** The maximum length in characters. */
const MAX_LENGTH = 5000;

/**
 * Parses an expression in Python's syntax. jsep only parses; it evaluates nothing.
 * @throws ExpressionError that names the invalid position but does not quote the expression, which
 * may contain a salt
 */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionError(`the expression is longer than ${MAX_LENGTH} characters`);
  }
  if (text.trim() === '') throw new ExpressionError('the expression is empty');
  if (/^[,;]|[,;]$/.test(text.trim())) {
    throw new ExpressionError('the expression begins or ends with a comma');
  }
  refuseDeep(text);
  return asExpression(parse(text));
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (cause) {
    const index: unknown = cause instanceof Error && 'index' in cause ? cause.index : undefined;
    const place = typeof index === 'number' ? ` at character ${index + 1}` : '';
    throw new ExpressionError(`the expression is invalid${place}`);
  }
}

const KINDS: ReadonlySet<string> = new Set<jsep.ExpressionType>([
  'ArrayExpression',
  'BinaryExpression',
  'CallExpression',
  'Compound',
  'ConditionalExpression',
  'Identifier',
  'Literal',
  'MemberExpression',
  'SequenceExpression',
  'UnaryExpression',
]);

/** @throws ExpressionError if the language does not support this kind of node */
export function asExpression(node: unknown): Expression {
  if (isExpression(node)) return node;
  throw new ExpressionError('the expression uses syntax that is not supported');
}

function isExpression(node: unknown): node is Expression {
  return isNode(node) && KINDS.has(node.type);
}

function isNode(node: unknown): node is jsep.Expression {
  return typeof node === 'object' && node !== null && 'type' in node;
}

/**
 * Higher numbers bind more tightly. The precedence of `not` is between those of `and` and the
 * comparisons.
 */
const BINARY: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  in: 4,
  'not in': 4,
  is: 4,
  'is not': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '//': 6,
  '%': 6,
};

usePythonSyntax();

function usePythonSyntax(): void {
  jsep.removeAllBinaryOps();
  jsep.removeAllUnaryOps();
  for (const [operator, precedence] of Object.entries(BINARY)) {
    jsep.addBinaryOp(operator, precedence);
  }
  for (const operator of ['not', '-', '+']) jsep.addUnaryOp(operator);
  jsep.addLiteral('True', true);
  jsep.addLiteral('False', false);
  jsep.addLiteral('None', null);
  jsep.hooks.add('gobble-token', parentheses);
  jsep.hooks.add('gobble-expression', openSlice);
  // This hook runs before jsep's own hook for `a ? b : c`, because a colon belongs to a slice here.
  jsep.hooks.add('after-expression', sliceOrCondition, true);
}

const [OPEN, CLOSE, COLON] = ['(', ')', ':'];
const NONE: jsep.Literal = { type: 'Literal', value: null, raw: 'None' };

type Hook = jsep.HookCallback;

/**
 * Parses `(a, b)` as a list, and `(a)` as a group, which matters for `not` and comparison chains.
 */
function parentheses(this: jsep.HookScope, env: Parameters<Hook>[0]): void {
  if (this.char !== OPEN) return;
  this.index += 1;
  const inside: unknown = this.gobbleArguments(CLOSE.charCodeAt(0));
  if (!Array.isArray(inside) || inside.length === 0) this.throwError('Empty parentheses');
  const expressions = inside.map(asExpression);
  const group: jsep.Expression =
    expressions.length === 1
      ? { type: 'SequenceExpression', expressions }
      : { type: 'ArrayExpression', elements: expressions };
  env.node = this.gobbleTokenProperty(group);
}

/** Parses a slice without a start, `[:3]`. */
function openSlice(this: jsep.HookScope, env: Parameters<Hook>[0]): void {
  this.gobbleSpaces();
  if (this.char === COLON) env.node = NONE;
}

/** Parses what may follow an expression: the colon of a slice, or `if … else`. */
function sliceOrCondition(this: jsep.HookScope, env: Parameters<Hook>[0]): void {
  if (!env.node) return;
  if (this.char === COLON) {
    this.index += 1;
    const end = this.gobbleBinaryExpression();
    env.node = { type: 'Compound', body: [env.node, isNode(end) ? end : NONE] };
  } else if (isWord(this, 'if')) {
    this.index += 2;
    const test = this.gobbleBinaryExpression();
    this.gobbleSpaces();
    if (!test || !isWord(this, 'else')) this.throwError('Expected else');
    this.index += 4;
    const alternate = this.gobbleExpression();
    env.node = { type: 'ConditionalExpression', test, consequent: env.node, alternate };
  }
  refuseNeighbour(this);
}

/** Refuses two expressions without a comma between them, which jsep accepts. */
function refuseNeighbour(scope: jsep.HookScope): void {
  scope.gobbleSpaces();
  if (!/^[,)\]:]?$/.test(scope.char) && !isWord(scope, 'else')) scope.throwError('Unexpected');
}

function isWord({ expr, index }: jsep.HookScope, word: string): boolean {
  return expr.startsWith(word, index) && !/[\w$]/.test(expr.charAt(index + word.length));
}
