import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compactJson,
  isDoubtful,
  isExact,
  isRawJson,
  parseKeepingDigits,
  parseLossless,
  rawMembers,
  type JsonValue,
} from '../src/index.ts';

describe('parseLossless', () => {
  it.each([
    ['0', 0],
    ['1.10', 1.1],
    ['1e2', 100],
    ['-0.5', -0.5],
    ['9007199254740991', 9007199254740991],
    ['123456789012345680000', 123456789012345680000],
    ['0e5', 0],
    ['"12345678901234567890"', '12345678901234567890'],
  ])('returns a double for %s', (text, expected) => {
    expect(parseLossless(text)).toBe(expected);
  });

  it.each([
    '9007199254740993',
    '12345678901234567890',
    '-0',
    '-0.0',
    '-0e1',
    '1e400',
    '1e-400',
    '0.1234567890123456789',
    '12345678901234.5678901',
    '3.00000000000000000001',
  ])('keeps the literal of %s', (text) => {
    const value = parseLossless(`{"a":[1, ${text}]}`);
    expect(JSON.stringify(value)).toBe(`{"a":[1,${text}]}`);
    expect(isRawJson(parseLossless(text))).toBe(true);
  });

  it('keeps every digit of any decimal', () => {
    const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,30})(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, (literal) => {
        const value = parseLossless(literal);
        if (isRawJson(value)) return value.rawJSON === literal;
        // Compares exact fractions of integers, independently of the code under test.
        const [left, right] = [JSON.stringify(value), literal].map(fraction);
        return left?.[0] === right?.[0] && left?.[1] === right?.[1];
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a number with a million zeros', () => {
  const zeros = '0'.repeat(1_000_000);

  it.each<[string, string]>([
    ['in the middle', `1${zeros}1`],
    ['after the point', `1.${zeros}1`],
    ['around the point', `1${zeros}.${zeros}1e-1000000`],
    ['in the exponent', `1e${zeros}2`],
    ['at both ends', `0.${zeros}1${zeros}`],
  ])('%s is parsed in linear time', (_name, literal) => {
    // Quadratic time would be half an hour.
    expect(JSON.stringify(parseLossless(`[${literal}]`))).toMatch(/^\[[\d.e+-]+\]$/);
    expect(isExact(0.5, literal)).toBe(false);
  });
});

/** Returns [integer, power of ten] of a literal, without trailing zeros. */
function fraction(literal: string): [bigint, number] {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  let digits = BigInt(`${whole}${decimals}`.replace('-', ''));
  let power = Number(exponent) - decimals.length;
  while (digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    power += 1;
  }
  return digits === 0n ? [0n, 0] : [literal.startsWith('-') ? -digits : digits, power];
}

describe('rawMembers', () => {
  it.each([
    ['{}', {}],
    ['[1]', {}],
    [' { "a" : 1.0 } ', { a: '1.0' }],
    ['{"b":{"2":1,"1":[2]},"a":"x"}', { b: '{"2":1,"1":[2]}', a: '"x"' }],
    ['{"t":"}\\"]","u":"\\\\"}', { t: '"}\\"]"', u: '"\\\\"' }],
    ['{"a":1,"a":null}', { a: 'null' }],
    ['{"__proto__":true,"k\\u0041":false}', { kA: 'false', ['__proto__']: 'true' }],
  ])('returns the members of %s', (text, expected) => {
    expect([...rawMembers(text)].sort()).toEqual(Object.entries(expected).sort());
  });

  it('returns the source text of every member of any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const members = rawMembers(JSON.stringify(object));
        for (const [key, value] of Object.entries(object)) {
          expect(members.get(key)).toBe(JSON.stringify(value));
        }
        expect(members.size).toBe(Object.keys(object).length);
      }),
    );
  });
});

describe('compactJson', () => {
  it.each([
    ['{"2":1,"1":-0.0}', '{"2":1,"1":-0.0}'],
    [' { "a" : [ 1.10 , 2e5 ] ,\t"a":"b c" } ', '{"a":[1.10,2e5],"a":"b c"}'],
    ['"\\u00e9\\/\\u0000\\ud800 \\" "', '"é/\\u0000\\ud800 \\" "'],
    ['{"\\u0061":"\\\\"}', '{"a":"\\\\"}'],
  ])('compacts %s', (text, expected) => {
    expect(compactJson(text)).toBe(expected);
  });

  it('does not change the value of any JSON text', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('', ' ', '\t'), (value, indent) => {
        expect(compactJson(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('handles any depth', () => {
    const deep = `${'[ '.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(compactJson(deep)).toBe(deep.replaceAll(' ', ''));
  });
});

describe('parseKeepingDigits', () => {
  it('differs from parseLossless only in doubtful numbers', () => {
    const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,20})(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/);
    fc.assert(
      fc.property(digits, (literal) => {
        const value = parseKeepingDigits(`[${literal}]`);
        const [number] = value as [JsonValue];
        const isSure = typeof number !== 'number' || !isDoubtful(number);
        if (isSure) expect(value).toEqual(parseLossless(`[${literal}]`));
      }),
      { numRuns: 5000 },
    );
  });
});
