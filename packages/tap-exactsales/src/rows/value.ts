import { isExact, isObject, isRawJson, type JsonValue } from '@exact-spotter/singer';
import type { Clock } from '../endpoints.ts';
import { isNoDate, type Timezone } from './timezone.ts';

/** A value that fits the column; `undefined` if the API's value does not fit. */
type Converted = JsonValue | undefined;

/** Converts a non-null API value to a column value. */
export type Convert = (value: JsonValue) => Converted;

/** Members that describe an object in a list (groups, phone numbers, answers), in order of preference. */
const DESCRIBING = ['text', 'value', 'name', 'number', 'phone', 'label', 'description'];
const LIST_SEPARATOR = ', ';

/** The rules for converting a column's values. */
export interface ColumnRules {
  /** `integer`, `number`, `boolean` or `string`. */
  readonly type: string;
  /** `date-time` or `date` if the type is `string`. */
  readonly format: string | undefined;
  readonly clock: Clock;
  /** True if the API sends 0 for a missing value. */
  readonly zeroIsNull: boolean;
  /** True if the API sends an empty string or list for a missing value. */
  readonly emptyIsNull: boolean;
  /** True for a key column, in which year one is kept because a key must have a value. */
  readonly isKey: boolean;
}

/** Returns the function that converts the values of a column. */
export function converter(rules: ColumnRules, timezone: Timezone): Convert {
  const convert = converterOf(rules, timezone);
  const { format, isKey, zeroIsNull, emptyIsNull } = rules;
  if (zeroIsNull) return (value) => (value === 0 ? null : convert(value));
  if (emptyIsNull) return (value) => nullIfEmpty(convert(withoutEmptyTexts(value)));
  if (format === undefined || isKey) return convert;
  return (value) => (typeof value === 'string' && isNoDate(value) ? null : convert(value));
}

function nullIfEmpty(converted: Converted): Converted {
  return converted === '' ? null : converted;
}

function withoutEmptyTexts(value: JsonValue): JsonValue {
  if (!Array.isArray(value)) return value;
  const items: readonly JsonValue[] = value;
  return items.filter((item) => item !== null && elementText(item) !== '');
}

function converterOf({ type, format, clock }: ColumnRules, timezone: Timezone): Convert {
  if (format === 'date-time') return (value) => toDateTime(value, clock, timezone);
  if (format === 'date') return toDate;
  return BY_TYPE[type] ?? toText;
}

const BY_TYPE: Readonly<Record<string, Convert>> = {
  integer: toInteger,
  number: toNumber,
  boolean: toBoolean,
  string: toText,
};

function toInteger(value: JsonValue): Converted {
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined;
  if (isRawJson(value)) return /^-?\d+$/.test(value.rawJSON) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? null : toInteger(numeric(value) ?? true);
}

function toNumber(value: JsonValue): Converted {
  if (typeof value === 'number' || isRawJson(value)) return value;
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? null : numeric(value);
}

/** Reads a number written as a string, keeping all its digits. */
function numeric(text: string): Converted {
  const [literal] = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.exec(text.trim()) ?? [];
  if (literal === undefined) return undefined;
  const value = Number(literal);
  return isExact(value, literal) ? value : JSON.rawJSON(literal);
}

function toBoolean(value: JsonValue): Converted {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'object') return undefined;
  const text = String(value).trim().toLowerCase();
  if (text === '') return null;
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function toText(value: JsonValue): Converted {
  if (typeof value === 'string') return value;
  if (Array.isArray(value))
    return value
      .filter((item) => item !== null)
      .map(elementText)
      .join(LIST_SEPARATOR);
  return scalarText(value);
}

function elementText(element: JsonValue): string {
  if (!isObject(element)) return scalarText(element);
  const description = DESCRIBING.map((name) => element[name]).find(
    (value) => value !== undefined && value !== null,
  );
  return scalarText(description ?? element);
}

function scalarText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (isRawJson(value)) return value.rawJSON;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function toDateTime(value: JsonValue, clock: Clock, timezone: Timezone): Converted {
  if (typeof value !== 'string') return undefined;
  return value.trim() === '' ? null : timezone.toInstant(value, clock);
}

/** Keeps only the day of a date or date-time. */
function toDate(value: JsonValue): Converted {
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '') return null;
  return /^\d{4}-\d\d-\d\d(?!\d)/.exec(value.trim())?.[0];
}
