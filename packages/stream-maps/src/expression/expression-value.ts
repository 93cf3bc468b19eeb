import {
  isObject,
  isRawJson,
  parseDateTime,
  sortableInstant,
  wallMilliseconds,
  type DateTime,
  type JsonRecord,
  type JsonValue,
  type RawJson,
} from '@exact-spotter/singer';
import { millisecondsInDay } from 'date-fns/constants';

/** Thrown if an expression is invalid or fails on a record. The message never contains a value. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

/** A value in an expression: JSON, or a date that has not been converted to text yet. */
export type Value = JsonValue | Moment;

export type NonNull = Exclude<Value, null>;

/** The type of a value, if it is known without a record. */
export type Kind =
  'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'date' | 'date-time';

/** The data that an expression can read. */
export interface Scope {
  readonly record: JsonRecord;
  /** The column's own value before mapping. */
  readonly self: JsonValue;
}

/** A compiled expression, or a compiled part of an expression. */
export interface Compiled {
  readonly evaluate: (scope: Scope) => Value;
  /**
   * The type of its result, which may also be null; undefined if the type depends on the record.
   */
  readonly kind?: Kind | undefined;
  /** The type of the items, if the result is a list. */
  readonly items?: Kind | undefined;
  /** True if the expression is the record itself. */
  readonly isRecord?: true;
  /** The column that the expression copies unchanged. */
  readonly column?: string;
  /** The only valid members, if the expression is `config`. */
  readonly fixed?: readonly string[];
}

/** True for a JSON object. False for a date. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return isObject(value) && !(value instanceof Moment);
}

export function isArray(value: Value): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isNumeric(value: Value): value is number | RawJson {
  return typeof value === 'number' || isRawJson(value);
}

/** True unless the value is null, false, zero or empty, as in Python. */
export function isTruthy(value: Value): boolean {
  if (isRawJson(value)) return Number(value.rawJSON) !== 0;
  if (isArray(value)) return value.length > 0;
  if (isPlainObject(value)) return Object.keys(value).length > 0;
  return value instanceof Moment || Boolean(value);
}

/** Converts a value as `str()` does: numbers keep all digits, and objects and lists become JSON. */
export function textOf(value: NonNull): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isRawJson(value)) return value.rawJSON;
  if (value instanceof Moment) return value.toString();
  return JSON.stringify(value);
}

/** Converts a value to the form that is written to a record: a date becomes text. */
export function asJson(value: Value): JsonValue {
  return value instanceof Moment ? value.toString() : value;
}

/** Describes the type of a value, for messages. */
export function describe(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Moment) return 'a date';
  if (isNumeric(value)) return 'a number';
  if (isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a string' : isPlainObject(value) ? 'an object' : 'a boolean';
}

/** A date, with or without a time of day and a zone, as it was written. */
export class Moment {
  readonly fields: DateTime;

  private constructor(fields: DateTime) {
    this.fields = fields;
  }

  /** @returns undefined if the text is not an ISO 8601 date or date-time */
  static parse(text: string): Moment | undefined {
    const fields = parseDateTime(text);
    // As in Python, there are no leap seconds, and a date without a time has no zone.
    if (!fields || fields.second > 59 || (!fields.hasTime && fields.zone !== '')) return undefined;
    return new Moment({ ...fields, zone: fields.zone.toUpperCase() });
  }

  static now(): Moment {
    return Moment.parse(new Date().toISOString()) ?? new Moment(EPOCH);
  }

  date(): Moment {
    const { year, month, day } = this.fields;
    return new Moment({ ...EPOCH, year, month, day });
  }

  /** Returns text that sorts chronologically. A missing zone is treated as UTC. */
  sortable(): string {
    return sortableInstant(this.toString()) ?? '';
  }

  /** Returns ISO 8601 text with the original fraction digits and zone. */
  toString(): string {
    const { fraction, zone, hasTime } = this.fields;
    const time = `T${this.format('%H:%M:%S')}${fraction && `.${fraction}`}${zone}`;
    return `${this.format('%Y-%m-%d')}${hasTime ? time : ''}`;
  }

  /** @param pattern may contain %Y %y %m %d %H %M %S %f %j %%; other codes are not replaced */
  format(pattern: string): string {
    const { year, month, day, hour, minute, second, fraction } = this.fields;
    const dayOfYear =
      (midnight(this.fields) - midnight({ ...EPOCH, year })) / millisecondsInDay + 1;
    const codes: Readonly<Record<string, string>> = {
      '%Y': pad(year, 4),
      '%y': pad(year % 100, 2),
      '%m': pad(month, 2),
      '%d': pad(day, 2),
      '%H': pad(hour, 2),
      '%M': pad(minute, 2),
      '%S': pad(second, 2),
      '%f': fraction.padEnd(6, '0').slice(0, 6),
      '%j': pad(dayOfYear, 3),
      '%%': '%',
    };
    return pattern.replaceAll(/%[a-zA-Z%]/g, (code) => codes[code] ?? code);
  }
}

const EPOCH: DateTime = {
  ...{ year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 },
  ...{ fraction: '', zone: '', hasTime: false },
};

/** Returns the midnight of a date, in milliseconds since 1970. */
function midnight({ year, month, day }: DateTime): number {
  return wallMilliseconds({ ...EPOCH, year, month, day });
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
