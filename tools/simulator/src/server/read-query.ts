import { millisecondsInWeek } from 'date-fns/constants';
import type { AccountSet } from '../account/account.ts';
import { includes, type Behaviour, type Option } from '../behaviour/behaviour.ts';
import type { Expression } from '../odata/expression.ts';
import { QueryError } from '../odata/operands.ts';
import { parseOptions, type Query } from '../odata/query.ts';
import { conjuncts, isNullComparison, some, shiftMembers, withoutParts } from '../odata/rewrite.ts';
import { SAO_PAULO } from '../seed/moment.ts';

type Options = Readonly<Record<string, string>>;

const FOUR_WEEKS = 4 * millisecondsInWeek;
/** The members of callsHistory that `callsClock` applies to. */
export const CALL_DATES: readonly string[] = ['startDate', 'endDate'];
/** The maximum number of leads in a filter if a set can only be read in slices. */
const MAX_SLICE = 100;

/**
 * Reads a request's options as the server does.
 * @param now the account's time, in milliseconds since 1970
 * @throws QueryError if an option is invalid or rejected
 */
export function readQuery(
  { view, store }: AccountSet,
  behaviour: Behaviour,
  options: Options,
  now: number,
): Query {
  const { entity, unselectable = [] } = store.definition;
  const accepted = acceptedOptions(view.name, behaviour, options);
  const query = parseOptions(accepted, { properties: view.properties, entity, unselectable });
  const { filter: requested, ...rest } = query;
  if (requested) requireAccepted(requested, behaviour);
  const filter = serverFilter(requested, view.name, behaviour, now);
  return filter ? { ...rest, filter } : rest;
}

/**
 * True if the filter restricts a set to up to 100 leads or to one custom field.
 * @throws QueryError if the filter lists more leads
 */
export function isSlice({ filter }: Query): boolean {
  const parts = filter ? conjuncts(filter) : [];
  return parts.some((part) => {
    if (part.kind === 'in' && isMember(part.left, 'leadId')) {
      if (part.values.length <= MAX_SLICE) return true;
      throw new QueryError(`The list in $filter has more than ${MAX_SLICE} values.`);
    }
    if (part.kind !== 'comparison' || part.operator !== 'eq') return false;
    return isMember(part.left, 'id') && part.right.kind === 'literal';
  });
}

/** Returns the options that the server does not ignore. */
function acceptedOptions(set: string, behaviour: Behaviour, options: Options): Options {
  const { ignores, rejects } = behaviour;
  const custom = Object.keys(options).find((name) => !name.startsWith('$'));
  if (custom !== undefined && includes(rejects.custom, set)) throw notAllowed(custom);
  const accepted = { ...options };
  for (const option of ['filter', 'orderby', 'select', 'top', 'skip', 'count'] as const) {
    const value = options[`$${option}`];
    if (value === undefined) continue;
    if (isRejected(behaviour, option, value, set)) throw notAllowed(`$${option}`);
    if (includes(ignores[option], set)) Reflect.deleteProperty(accepted, `$${option}`);
  }
  return accepted;
}

function isRejected({ rejects }: Behaviour, option: Option, value: string, set: string): boolean {
  return includes(rejects[option], set) && !(option === 'count' && value === 'false');
}

function notAllowed(option: string): QueryError {
  return new QueryError(`The query option '${option}' is not allowed.`);
}

/** @throws QueryError if the server rejects a part of the filter */
function requireAccepted(filter: Expression, behaviour: Behaviour): void {
  if (behaviour.orClause === 'rejected' && some(filter, ({ kind }) => kind === 'or')) {
    throw new QueryError("The operator 'or' is not allowed in $filter.");
  }
  if (behaviour.nullFilter === 'rejected' && some(filter, isNullComparison)) {
    throw new QueryError("A comparison with 'null' is not allowed in $filter.");
  }
}

/** Returns the filter that the server applies to the account's rows. */
function serverFilter(
  requested: Expression | undefined,
  set: string,
  behaviour: Behaviour,
  now: number,
): Expression | undefined {
  let filter = requested;
  if (filter && behaviour.nullFilter === 'ignored') filter = withoutParts(filter, isNullComparison);
  if (set === 'callsHistory' && behaviour.callsClock === 'wall' && filter) {
    filter = shiftMembers(filter, CALL_DATES, -SAO_PAULO);
  }
  if (set === 'Boxes' && behaviour.hiddenBoxWindow) filter ??= startsWithinFourWeeks(now);
  if (set === 'LeadsAndPersons' && behaviour.omitsLeadsWithoutPersons) {
    const hasPersons = { kind: 'notEmpty', type: 'boolean', path: ['persons'] } as const;
    return filter ? { kind: 'and', type: 'boolean', left: filter, right: hasPersons } : hasPersons;
  }
  return filter;
}

function startsWithinFourWeeks(now: number): Expression {
  const value = `${new Date(now - FOUR_WEEKS).toISOString().slice(0, 19)}.0000000`;
  return {
    kind: 'comparison',
    type: 'boolean',
    operator: 'ge',
    left: { kind: 'member', type: 'instant', path: ['start'] },
    right: { kind: 'literal', type: 'instant', value },
  };
}

function isMember(expression: Expression, name: string): boolean {
  return expression.kind === 'member' && expression.path.join('/') === name;
}
