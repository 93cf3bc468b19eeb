import { nearest } from '@exact-spotter/singer';
import type { Compiled, Scope } from './compiled.ts';
import { functions } from './functions.ts';
import { methods } from './methods.ts';
import { ExpressionFault, type Value } from './value.ts';

export function isFunction(name: string): boolean {
  return functions.has(name);
}

/** @throws ExpressionFault for a function that there is not, and for too few or too many arguments */
export function callFunction(name: string | undefined, given: readonly Compiled[]): Compiled {
  if (name === undefined) throw new ExpressionFault('what is called is no function');
  const known = functions.get(name);
  if (!known) throw unknown('function', name, functions);
  checkCount(name, given, known.takes);
  const { run, ofNull = null, kind } = known;
  return {
    run: (scope) => call(run, ofNull, values(given, scope)),
    kind: kind === 'same' ? common(given) : kind,
  };
}

function common(given: readonly Compiled[]): Compiled['kind'] {
  const kinds = new Set(given.map(({ kind }) => kind));
  return kinds.size === 1 ? given[0]?.kind : undefined;
}

/** @throws ExpressionFault as {@link callFunction} */
export function callMethod(owner: Compiled, name: string, given: readonly Compiled[]): Compiled {
  const known = methods.get(name);
  if (!known) throw unknown('method', name, methods);
  checkCount(name, given, known.takes);
  const { run, kind, items } = known;
  const all = [owner, ...given];
  return { run: (scope) => call(run, null, values(all, scope)), kind, items };
}

function values(given: readonly Compiled[], scope: Scope): Value[] {
  return given.map((argument) => argument.run(scope));
}

function call(
  run: (...given: Exclude<Value, null>[]) => Value,
  ofNull: Value,
  given: readonly Value[],
): Value {
  const there = given.filter((value) => value !== null);
  return there.length < given.length ? ofNull : run(...there);
}

function checkCount(
  name: string,
  { length }: readonly Compiled[],
  [least, most]: readonly [number, number],
): void {
  if (length >= least && length <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  throw new ExpressionFault(`${name}() takes ${wanted} arguments, and is given ${length}`);
}

function unknown(what: string, name: string, known: ReadonlyMap<string, unknown>): ExpressionFault {
  const meant = nearest(name, [...known.keys()]);
  const hint = meant === undefined ? 'STREAM-MAPS.md lists them all' : `did you mean "${meant}"`;
  return new ExpressionFault(`there is no ${what} "${name}" here: ${hint}`);
}
