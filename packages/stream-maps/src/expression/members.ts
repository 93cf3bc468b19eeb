import { type JsonValue, nearest } from '@exact-spotter/singer';
import { asInteger } from './arithmetic.ts';
import { sliceOf } from './characters.ts';
import {
  ExpressionError,
  isArray,
  isPlainObject,
  Moment,
  describe,
  type Compiled,
  type NonNull,
  type Scope,
  type Value,
} from './expression-value.ts';

/** The attributes of a date. */
const PARTS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** Compiles `owner.name`: a member of an object, or a part of a date. */
export function attribute(owner: Compiled, name: string): Compiled {
  requireConfigured(owner, name);
  const part = PARTS.find((known) => known === name);
  const evaluate = (scope: Scope): Value => {
    const value = owner.evaluate(scope);
    if (value === null) return null;
    if (value instanceof Moment && part) return value.fields[part];
    if (isPlainObject(value)) return ownMember(value, name);
    throw new ExpressionError(`${describe(value)} has no "${name}"`);
  };
  const column = owner.isRecord && { column: name };
  const isDate = owner.kind === 'date' || owner.kind === 'date-time';
  return { evaluate, ...(isDate && part && { kind: 'integer' }), ...column };
}

/** Compiles `owner[at]`: a member by name, or an item or character by index. */
export function index(owner: Compiled, at: Compiled, text: string | undefined): Compiled {
  if (text !== undefined) requireConfigured(owner, text);
  const evaluate = (scope: Scope): Value => {
    const [value, key] = [owner.evaluate(scope), at.evaluate(scope)];
    if (value === null || key === null) return null;
    if (isPlainObject(value) && typeof key === 'string') return ownMember(value, key);
    const number = asInteger(key);
    const items = itemsOf(value);
    if (number === undefined || !items) {
      throw new ExpressionError(`${describe(value)} cannot be indexed with ${describe(key)}`);
    }
    return items.at(Number(number)) ?? null;
  };
  const kind = owner.kind === 'string' ? 'string' : owner.items;
  return { evaluate, kind, ...(owner.isRecord && text !== undefined && { column: text }) };
}

/** Compiles `owner[from:to]` of a string or a list. */
export function slice(owner: Compiled, from: Compiled, to: Compiled): Compiled {
  const evaluate = (scope: Scope): Value => {
    const [value, start, end] = [owner.evaluate(scope), bound(from, scope), bound(to, scope)];
    if (value === null) return null;
    if (typeof value === 'string') return sliceOf(value, start ?? 0, end);
    if (isArray(value)) return value.slice(start ?? 0, end);
    throw new ExpressionError(`${describe(value)} cannot be sliced`);
  };
  return { evaluate, kind: owner.kind, items: owner.items };
}

function bound({ evaluate }: Compiled, scope: Scope): number | undefined {
  const value = evaluate(scope);
  if (value === null) return undefined;
  const integer = asInteger(value);
  if (integer === undefined)
    throw new ExpressionError(`a slice cannot begin or end at ${describe(value)}`);
  return Number(integer);
}

/**
 * Returns the items of a list, or the characters of a string, which are code points as in Python.
 */
function itemsOf(value: NonNull): readonly JsonValue[] | undefined {
  if (typeof value === 'string') return Array.from(value);
  return isArray(value) ? value : undefined;
}

/** Returns an own member of an object. Inherited members such as `constructor` are null. */
function ownMember(object: Readonly<Record<string, JsonValue>>, name: string): JsonValue {
  return Object.hasOwn(object, name) ? (object[name] ?? null) : null;
}

/** Refuses a name that is not in `stream_map_config`: a missing salt would make every hash null. */
function requireConfigured({ fixed }: Compiled, name: string): void {
  if (!fixed || fixed.includes(name)) return;
  const meant = nearest(name, fixed);
  throw new ExpressionError(
    `stream_map_config has no "${name}": ${meant === undefined ? 'add it' : `did you mean "${meant}"`}`,
  );
}
