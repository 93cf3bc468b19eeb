import type { Compiled, Scope } from './compiled.ts';
import { negate } from './functions.ts';
import { areEqual, operators } from './operators.ts';
import { ExpressionFault, isTruthy, type Kind, type Value } from './value.ts';

export function unary(operator: string, { run, kind }: Compiled): Compiled {
  if (operator === 'not') return { run: (scope) => !isTruthy(run(scope)), kind: 'boolean' };
  const sign = operator === '-' ? negate : (value: Exclude<Value, null>) => value;
  return {
    run: (scope) => {
      const value = run(scope);
      return value === null ? null : sign(value);
    },
    kind,
  };
}

export function isLogical(operator: string): operator is 'and' | 'or' {
  return operator === 'and' || operator === 'or';
}

/** Gives one of its sides, as in Python: `name or 'nobody'`. */
export function logical(operator: 'and' | 'or', left: Compiled, right: Compiled): Compiled {
  const stops = operator === 'or';
  const run = (scope: Scope): Value => {
    const value = left.run(scope);
    return isTruthy(value) === stops ? value : right.run(scope);
  };
  return { run, kind: sameKind(left, right) };
}

export function condition(test: Compiled, consequent: Compiled, alternate: Compiled): Compiled {
  return {
    run: (scope) => (isTruthy(test.run(scope)) ? consequent : alternate).run(scope),
    kind: sameKind(consequent, alternate),
  };
}

export function binary(operator: string, left: Compiled, right: Compiled): Compiled {
  if (operator === '==' || operator === 'is') return equality(left, right, true);
  if (operator === '!=' || operator === 'is not') return equality(left, right, false);
  const operate = operators[operator];
  if (!operate) throw new ExpressionFault(`the operator "${operator}" is not known here`);
  const run = (scope: Scope): Value => {
    const [one, other] = [left.run(scope), right.run(scope)];
    return one === null || other === null ? null : operate(one, other);
  };
  return { run, kind: resultKind(operator, left, right) };
}

function equality(left: Compiled, right: Compiled, wanted: boolean): Compiled {
  return {
    run: (scope) => areEqual(left.run(scope), right.run(scope)) === wanted,
    kind: 'boolean',
  };
}

function resultKind(operator: string, left: Compiled, right: Compiled): Kind | undefined {
  if (!/^[-+*/%]/.test(operator)) return 'boolean';
  if (operator === '/') return 'number';
  const kind = sameKind(left, right);
  if (kind !== undefined) return kind;
  const isCount = [left, right].every((side) => side.kind === 'integer' || side.kind === 'number');
  return isCount ? 'number' : undefined;
}

/** A side that is null, as `None`, says nothing. */
function sameKind(left: Compiled, right: Compiled): Kind | undefined {
  return left.kind === right.kind ? left.kind : undefined;
}
