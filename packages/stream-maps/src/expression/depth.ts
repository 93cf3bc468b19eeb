import { ExpressionError } from './expression-value.ts';

/**
 * How deeply an expression may be nested, in operators; brackets count twice. The parser, the
 * compiler and the compiled expression call themselves for each level. Deeper expressions could
 * exceed the stack, which fits more than twice as many levels.
 */
const MAX_DEPTH = 1000;

/** Matches the tokens that add a level, and those that contain no levels: strings and numbers. */
const TOKENS =
  /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\d[\d.]*|[([\])]|\b(?:not|and|or|in|is|else)\b|[-+*/%<>=!.,]/gs;

/** What is inside a pair of brackets, or the whole expression. */
interface Level {
  /** The levels around the brackets. */
  readonly above: number;
  /** The operators since the last comma. */
  operators: number;
  /** The levels in the deepest brackets since the last comma. */
  inside: number;
  /** The levels in the deepest item before the last comma. */
  deepestItem: number;
}

/** @throws ExpressionError that names the position at which an expression is nested too deeply */
export function refuseDeep(text: string): void {
  const outer: Level[] = [];
  let level = levelBelow(0);
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === '(' || token === '[') {
      outer.push(level);
      level = levelBelow(depthOf(level) + 2);
    } else if (token === ')' || token === ']') {
      const inside = Math.max(level.deepestItem, level.operators + level.inside) + 2;
      level = outer.pop() ?? level;
      // A second pair of brackets belongs to a chain: `a[0][1]`.
      if (level.inside > 0) level.operators += 1;
      level.inside = Math.max(level.inside, inside);
    } else if (token === ',') {
      level.deepestItem = Math.max(level.deepestItem, level.operators + level.inside);
      level.operators = 0;
      level.inside = 0;
    } else if (!/^['"\d]/.test(token)) level.operators += 1;
    if (depthOf(level) + level.inside <= MAX_DEPTH) continue;
    throw new ExpressionError(`the expression is nested too deeply at character ${index + 1}`);
  }
}

function levelBelow(above: number): Level {
  return { above, operators: 0, inside: 0, deepestItem: 0 };
}

function depthOf({ above, operators }: Level): number {
  return above + operators;
}
