import { type JsonValue, nearest } from '@exact-spotter/singer';
import { asInteger } from './operators.ts';
import {
  ExpressionFault,
  isArray,
  isObject,
  Moment,
  nameOf,
  type Compiled,
  type Scope,
  type Value,
} from './value.ts';

/** The parts of a date that have names. */
const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** `owner.name`: a member of an object, or a part of a date. */
export function attribute(owner: Compiled, name: string): Compiled {
  refuseUnknown(owner, name);
  const part = PARTS.find((known) => known === name);
  const run = (scope: Scope): Value => {
    const value = owner.run(scope);
    if (value === null) return null;
    if (value instanceof Moment && part) return value.fields[part];
    if (isObject(value)) return ownMember(value, name);
    throw new ExpressionFault(`${nameOf(value)} has no "${name}"`);
  };
  const column = owner.isRecord && { column: name };
  const isDate = owner.kind === 'date' || owner.kind === 'date-time';
  return { run, ...(isDate && part && { kind: 'integer' }), ...column };
}

/** `owner[at]`: a member by name, an item or a letter by its place, from the end where below 0. */
export function index(owner: Compiled, at: Compiled, text: string | undefined): Compiled {
  if (text !== undefined) refuseUnknown(owner, text);
  const run = (scope: Scope): Value => {
    const [value, place] = [owner.run(scope), at.run(scope)];
    if (value === null || place === null) return null;
    if (isObject(value) && typeof place === 'string') return ownMember(value, place);
    const number = asInteger(place);
    const items = itemsOf(value);
    if (number === undefined || !items) {
      throw new ExpressionFault(`${nameOf(value)} has no place that ${nameOf(place)} names`);
    }
    return items.at(Number(number)) ?? null;
  };
  const kind = owner.kind === 'string' ? 'string' : owner.items;
  return { run, kind, ...(owner.isRecord && text !== undefined && { column: text }) };
}

/** `owner[from:to]` of a text or a list. */
export function slice(owner: Compiled, from: Compiled, to: Compiled): Compiled {
  const run = (scope: Scope): Value => {
    const [value, start, end] = [owner.run(scope), bound(from, scope), bound(to, scope)];
    if (value === null) return null;
    if (typeof value === 'string')
      return Array.from(value)
        .slice(start ?? 0, end)
        .join('');
    if (isArray(value)) return value.slice(start ?? 0, end);
    throw new ExpressionFault(`"[:]" cuts ${nameOf(value)}`);
  };
  return { run, kind: owner.kind, items: owner.items };
}

function bound({ run }: Compiled, scope: Scope): number | undefined {
  const value = run(scope);
  if (value === null) return undefined;
  const integer = asInteger(value);
  if (integer === undefined) throw new ExpressionFault(`"[:]" cuts at ${nameOf(value)}`);
  return Number(integer);
}

/** By characters as people count them, not by halves of a surrogate pair. */
function itemsOf(value: Exclude<Value, null>): readonly JsonValue[] | undefined {
  if (typeof value === 'string') return Array.from(value);
  return isArray(value) ? value : undefined;
}

/** Only what the data itself holds: `constructor` and the like are no members of it. */
function ownMember(object: Readonly<Record<string, JsonValue>>, name: string): JsonValue {
  return Object.hasOwn(object, name) ? (object[name] ?? null) : null;
}

/** A value that the settings lack would make every hash null: it is asked for at once. */
function refuseUnknown({ fixed }: Compiled, name: string): void {
  if (!fixed || fixed.includes(name)) return;
  const meant = nearest(name, fixed);
  throw new ExpressionFault(
    `stream_map_config has no "${name}": ${meant === undefined ? 'set it there' : `did you mean "${meant}"`}`,
  );
}
