import jsep from 'jsep';
import { ExpressionFault } from './value.ts';

/** What an expression is made of. A `SequenceExpression` is one in parentheses, a `Compound` a slice. */
export type Expression = jsep.CoreExpression;

/** Longer ones are no expression but an accident; and how deep one can nest is so bounded too. */
const LONGEST = 5000;

/**
 * Reads the text of an expression in Python's spelling. The library only parses: nothing of it
 * runs, and no name in an expression leads anywhere but where the compiler leads it.
 * @throws ExpressionFault saying where the text cannot be read, without quoting it: it may hold a salt
 */
export function parseExpression(text: string): Expression {
  if (text.length > LONGEST) {
    throw new ExpressionFault(`the expression is longer than ${LONGEST} characters`);
  }
  if (text.trim() === '') throw new ExpressionFault('the expression is empty');
  if (/^\s*[,;]|[,;]\s*$/.test(text)) {
    throw new ExpressionFault('the expression begins or ends with a comma');
  }
  return asExpression(parse(text));
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (cause) {
    const index: unknown = cause instanceof Error && 'index' in cause ? cause.index : undefined;
    const place = typeof index === 'number' ? ` at character ${index + 1}` : '';
    throw new ExpressionFault(`the expression cannot be read${place}`);
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

/** @throws ExpressionFault for a form that this language does not have */
export function asExpression(node: unknown): Expression {
  if (isExpression(node)) return node;
  throw new ExpressionFault('the expression holds a form that is not known here');
}

function isExpression(node: unknown): node is Expression {
  return isNode(node) && KINDS.has(node.type);
}

function isNode(node: unknown): node is jsep.Expression {
  return typeof node === 'object' && node !== null && 'type' in node;
}

/** Operators that bind closer have the higher number. `not` stands between `and` and comparisons. */
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

speakPython();

function speakPython(): void {
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
  // Before the library's own hook, which knows `a ? b : c`: here the colon is that of a slice.
  jsep.hooks.add('after-expression', sliceOrCondition, true);
}

const [OPEN, CLOSE, COLON] = ['(', ')', ':'];
const NOTHING: jsep.Literal = { type: 'Literal', value: null, raw: 'None' };

type Hook = jsep.HookCallback;

/** `(a)` is marked, for `not` and chains of comparisons to know; `(a, b)` is a list. */
function parentheses(this: jsep.HookScope, env: Parameters<Hook>[0]): void {
  if (this.char !== OPEN) return;
  this.index += 1;
  const inside: unknown = this.gobbleArguments(CLOSE.charCodeAt(0));
  if (!Array.isArray(inside) || inside.length === 0) this.throwError('Nothing in parentheses');
  const expressions = inside.map(asExpression);
  const group: jsep.Expression =
    expressions.length === 1
      ? { type: 'SequenceExpression', expressions }
      : { type: 'ArrayExpression', elements: expressions };
  env.node = this.gobbleTokenProperty(group);
}

/** `[:3]` has nothing in front of its colon. */
function openSlice(this: jsep.HookScope, env: Parameters<Hook>[0]): void {
  this.gobbleSpaces();
  if (this.char === COLON) env.node = NOTHING;
}

/** What may follow an expression: the colon of a slice, a condition, or the end of what it stands in. */
function sliceOrCondition(this: jsep.HookScope, env: Parameters<Hook>[0]): void {
  if (!env.node) return;
  if (this.char === COLON) {
    this.index += 1;
    const end = this.gobbleBinaryExpression();
    env.node = { type: 'Compound', body: [env.node, isNode(end) ? end : NOTHING] };
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

/** The library takes two expressions side by side for two, even without a comma between them. */
function refuseNeighbour(scope: jsep.HookScope): void {
  scope.gobbleSpaces();
  if (!/^[,)\]:]?$/.test(scope.char) && !isWord(scope, 'else')) scope.throwError('Unexpected');
}

function isWord({ expr, index }: jsep.HookScope, word: string): boolean {
  return expr.startsWith(word, index) && !/[\w$]/.test(expr.charAt(index + word.length));
}
