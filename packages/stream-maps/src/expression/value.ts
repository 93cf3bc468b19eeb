import {
  DAY,
  isObject as isJsonObject,
  isRawJson,
  parseDateTime,
  sortableInstant,
  wallMilliseconds,
  type DateTime,
  type JsonRecord,
  type JsonValue,
  type RawJson,
} from '@exact-spotter/singer';

/** Why an expression cannot be used, or cannot be worked out. The reason never holds a value. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
}

/** What expressions work with: JSON, and points in time on their way to become text. */
export type Value = JsonValue | Moment;

/** What is known of a value before there is one. */
export type Kind =
  'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object' | 'date' | 'date-time';

/** What an expression sees of one record. */
export interface Scope {
  readonly record: JsonRecord;
  /** The value of the column that the expression stands for. */
  readonly self: JsonValue;
}

/** An expression, or a part of one, ready to be worked out. */
export interface Compiled {
  readonly run: (scope: Scope) => Value;
  /** What it gives beside null, as far as that is sure. */
  readonly kind?: Kind | undefined;
  /** What the items are of the list that it gives. */
  readonly items?: Kind | undefined;
  /** True for the record itself. */
  readonly isRecord?: true;
  /** The column that it hands on as it is. */
  readonly column?: string;
  /** The names that must be there, of `config`. */
  readonly fixed?: readonly string[];
}

export function isObject(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return isJsonObject(value) && !(value instanceof Moment);
}

export function isArray(value: Value): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function isNumeric(value: Value): value is number | RawJson {
  return typeof value === 'number' || isRawJson(value);
}

/** Python's: nothing, zero, and what is empty count as false. */
export function isTruthy(value: Value): boolean {
  if (isRawJson(value)) return Number(value.rawJSON) !== 0;
  if (isArray(value)) return value.length > 0;
  if (isObject(value)) return Object.keys(value).length > 0;
  return value instanceof Moment || Boolean(value);
}

/** The text of a value, as `str()` gives it: numbers with their digits, objects and lists as JSON. */
export function textOf(value: Exclude<Value, null>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isRawJson(value)) return value.rawJSON;
  if (value instanceof Moment) return value.toString();
  return JSON.stringify(value);
}

/** What stands in a record: a point in time as its text. */
export function asJson(value: Value): JsonValue {
  return value instanceof Moment ? value.toString() : value;
}

/** In words, for messages. */
export function nameOf(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Moment) return 'a date';
  if (isNumeric(value)) return 'a number';
  if (isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text' : isObject(value) ? 'an object' : 'a boolean';
}

/** A date, or a date with a time as its own clock shows it. */
export class Moment {
  readonly fields: DateTime;

  private constructor(fields: DateTime) {
    this.fields = fields;
  }

  /** @returns nothing for a text that is no ISO 8601 date or date-time, or names no day there is */
  static parse(text: string): Moment | undefined {
    const fields = parseDateTime(text);
    // Python has no leap seconds, and no zone behind a date alone.
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

  /** Text that sorts as the point in time does; UTC where no zone is said. */
  sortable(): string {
    return sortableInstant(this.toString()) ?? '';
  }

  /** ISO 8601, with the fraction and the zone as they came. */
  toString(): string {
    const { fraction, zone, hasTime } = this.fields;
    const time = `T${this.format('%H:%M:%S')}${fraction && `.${fraction}`}${zone}`;
    return `${this.format('%Y-%m-%d')}${hasTime ? time : ''}`;
  }

  /** @param pattern with %Y %y %m %d %H %M %S %f %j %%; other letters stay as they are */
  format(pattern: string): string {
    const { year, month, day, hour, minute, second, fraction } = this.fields;
    const dayOfYear = (dayNumber(this.fields) - dayNumber({ ...EPOCH, year })) / DAY + 1;
    const written: Readonly<Record<string, string>> = {
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
    return pattern.replaceAll(/%[a-zA-Z%]/g, (code) => written[code] ?? code);
  }
}

const EPOCH: DateTime = {
  ...{ year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0 },
  ...{ fraction: '', zone: '', hasTime: false },
};

/** Midnight of a date in milliseconds. */
function dayNumber({ year, month, day }: DateTime): number {
  return wallMilliseconds({ ...EPOCH, year, month, day });
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
