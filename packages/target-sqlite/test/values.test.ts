import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, TestTarget, type Cell } from './target.ts';

const types = {
  i: { type: ['null', 'integer'] },
  n: { type: ['null', 'number'] },
  b: { type: ['null', 'boolean'] },
  s: nullableText,
  j: { type: ['null', 'object', 'array'] },
  a: {},
  m: { type: ['null', 'integer', 'string'] },
};
type Name = keyof typeof types;

/** Returns a RECORD line with the value in exactly this spelling. */
function line(id: number, name: Name, literal: string): string {
  return `{"type":"RECORD","stream":"t","record":{"id":${id},"${name}":${literal}}}`;
}

const declared = schema('t', { id: integer, ...types }, ['id']);

async function readBack(values: readonly (readonly [Name, string])[]): Promise<Cell[]> {
  const target = new TestTarget({ add_record_metadata: false });
  await target.load(
    lines(declared, ...values.map(([name, literal], id) => line(id, name, literal))),
  );
  const rows = target.query('SELECT * FROM t ORDER BY id');
  return values.map(([name], id) => rows[id]?.[name] ?? null);
}

describe('values are stored losslessly', () => {
  it.each<[string, Name, string, Cell]>([
    ['an integer', 'i', '5', 5],
    ['an integer past 2^53', 'i', '9007199254740993', 9007199254740993n],
    ['the largest 64-bit integer', 'i', '9223372036854775807', 9223372036854775807n],
    ['the smallest 64-bit integer', 'i', '-9223372036854775808', -9223372036854775808n],
    [
      'the integer after the largest 64-bit integer',
      'i',
      '9223372036854775808',
      '9223372036854775808',
    ],
    [
      'an integer past 64 bits that a double holds',
      'i',
      '123456789012345680000',
      123456789012345680000,
    ],
    ['an integer past 2^53 that a double holds', 'i', '123849778672260430', 123849778672260430n],
    ['an integer past 64 bits', 'i', '9223372036854775809', '9223372036854775809'],
    ['an integer of 40 digits', 'i', `1${'0'.repeat(38)}1`, `1${'0'.repeat(38)}1`],
    ['an integer with a fraction of zeros', 'i', '5.00', 5],
    ['an integer with an exponent', 'i', '5e2', 500],
    ['a double', 'n', '1.5', 1.5],
    ['a short decimal', 'n', '0.1', 0.1],
    ['an integer in a number column', 'n', '5', 5],
    ['a long integer in a number column', 'n', '9007199254740993', 9007199254740993n],
    ['minus zero', 'n', '-0.0', -0],
    ['minus zero in an integer column', 'i', '-0', -0],
    ['a number past the range of doubles', 'n', '1e400', '1e400'],
    ['a number of 300 digits', 'n', `0.${'123456789'.repeat(33)}`, `0.${'123456789'.repeat(33)}`],
    ['an amount of money', 'n', '12345678901234567.89', '12345678901234567.89'],
    ['the smallest double', 'n', '5e-324', 5e-324],
    ['true', 'b', 'true', 1],
    ['false', 'b', 'false', 0],
    ['an empty string', 's', '""', ''],
    ['digits in a string', 's', '"00123"', '00123'],
    ['a number in a string', 's', '"1e5"', '1e5'],
    ['an unpaired surrogate', 's', '"a\\ud800b"', 'a\uFFFDb'],
    ['a long number in a text column', 'm', '12345678901234567890', '12345678901234567890'],
    ['a short number in a text column', 'm', '5', '5'],
    [
      'an object',
      'j',
      '{"b": 1.10, "2": [1e5, -0], "1": "\\u00e9"}',
      '{"b":1.10,"2":[1e5,-0],"1":"é"}',
    ],
    ['a nested long number', 'j', '[12345678901234567890]', '[12345678901234567890]'],
    ['a nested unpaired surrogate', 'j', '["\\ud800"]', '["\\ud800"]'],
    ['untyped: an integer', 'a', '5', 5],
    ['untyped: a double', 'a', '5.5', 5.5],
    ['untyped: a string', 'a', '"5"', '5'],
    ['untyped: true', 'a', 'true', 1],
    ['untyped: an array', 'a', '[ 1 ]', '[1]'],
    ['untyped: minus zero', 'a', '-0', -0],
    ['null', 'i', 'null', null],
  ])('%s (%s)', async (_name, name, literal, expected) => {
    const [value] = await readBack([[name, literal]]);
    // node:sqlite returns integral doubles as numbers, and `query` returns short integers as numbers.
    expect(Object.is(value, expected) ? expected : value).toStrictEqual(expected);
    if (expected === 0) expect(Object.is(value, expected)).toBe(true);
  });

  it('in 10,000 random cases', async () => {
    const values = fc.sample(anyValue, { numRuns: 10_000, seed: 20_261_124 });
    const back = await readBack(values);
    const wrong = values.flatMap(([name, literal], at) =>
      Object.is(back[at], expectedCell(name, literal)) ? [] : [{ name, literal, back: back[at] }],
    );
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('in columns that already contain other values', async () => {
    const target = new TestTarget({ add_record_metadata: false });
    await target.load(lines(declared, line(1, 'n', '5'), line(2, 'n', '0.1'), line(3, 'i', '7')));
    await target.load(lines(declared, line(4, 'n', '1e400'), line(5, 'i', '18446744073709551617')));
    const rows = target.query(
      'SELECT id, n, i, typeof(n) AS tn, typeof(i) AS ti FROM t ORDER BY id',
    );
    expect(rows).toEqual([
      { id: 1, n: 5, i: null, tn: 'real', ti: 'null' },
      { id: 2, n: 0.1, i: null, tn: 'real', ti: 'null' },
      { id: 3, n: null, i: 7, tn: 'null', ti: 'integer' },
      { id: 4, n: '1e400', i: null, tn: 'text', ti: 'null' },
      { id: 5, n: null, i: '18446744073709551617', tn: 'null', ti: 'text' },
    ]);
    const types = target.query(`SELECT type FROM _singer_columns WHERE "column" IN ('n', 'i')`);
    expect(types).toEqual([{ type: 'any' }, { type: 'any' }]);
  });

  it('in a key column that outgrows 64 bits', async () => {
    const target = new TestTarget();
    const key = schema('k', { id: integer, v: nullableText }, ['id']);
    const ids = ['1', '9007199254740993', '123456789012345678901234567890'];
    const row = (id: string, v: string): string =>
      `{"type":"RECORD","stream":"k","record":{"id":${id},"v":"${v}"}}`;
    await target.load(
      lines(key, ...ids.map((id) => row(id, 'a')), ...ids.map((id) => row(id, 'b'))),
    );
    expect(target.query('SELECT CAST(id AS TEXT) AS id, v FROM k ORDER BY 1')).toEqual(
      [...ids].sort().map((id) => ({ id, v: 'b' })),
    );
  });

  it('if they are nested deeply, but refused if they are nested too deeply', async () => {
    const target = new TestTarget({ validate_records: false });
    for (const depth of [10, 4000, 5000, 200_000]) {
      const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
      await target.load(lines(declared, line(depth, 'j', nested)));
      const [row] = target.query('SELECT j FROM t WHERE id = ?', depth);
      expect(row?.['j'] === nested).toBe(true);
    }
    const { code, stderr } = await target.run(
      lines(
        declared,
        line(1, 'j', `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`),
      ),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('line 2: the line is nested too deeply');
  });

  it('including strings of 100 MB, but refused if the line exceeds the limit', async () => {
    const text = 'x'.repeat(100_000_000);
    const target = new TestTarget();
    await target.load(lines(declared, line(1, 's', `"${text}"`)));
    expect(target.query('SELECT length(s) AS length FROM t')).toEqual([{ length: text.length }]);
    const small = new TestTarget({ max_line_bytes: 2000 });
    const { code, stderr } = await small.run(
      lines(declared, line(1, 's', '"canary"'), line(2, 's', `"${'canary'.repeat(1000)}"`)),
    );
    expect(code).toBe(1);
    expect(stderr).toContain('line 3: the line is longer than 2000 bytes');
    expect(stderr).not.toContain('canary');
  });

  it('except unpaired surrogates, which are counted in the log', async () => {
    const { stderr } = await new TestTarget().run(
      lines(declared, line(1, 's', '"\\udc00"'), line(2, 's', '"x"'), line(3, 'a', '"\\ud83d"')),
    );
    expect(stderr).toContain(
      'Strings in which unpaired surrogates were replaced by U+FFFD: 2 stream=t',
    );
  });

  it('using the last value of a repeated key', async () => {
    const target = new TestTarget();
    await target.load(
      lines(declared, '{"type":"RECORD","stream":"t","record":{"id":1,"s":"a","s":"b"}}'),
    );
    expect(target.query('SELECT s FROM t')).toEqual([{ s: 'b' }]);
  });

  it('including the spelling of dates', async () => {
    const target = new TestTarget();
    const dates = ['0000-01-01', '9999-12-31T23:59:59.999999999Z', '10000-01-01', '2026', '12:30'];
    const date = { type: ['null', 'string'], format: 'date-time' };
    await target.load(
      lines(
        schema('d', { id: integer, at: date }, ['id']),
        ...dates.map((at, id) => record('d', { id, at })),
      ),
    );
    expect(target.query('SELECT at FROM d ORDER BY id')).toEqual(dates.map((at) => ({ at })));
  });

  it('except undeclared properties, which are logged once', async () => {
    const { stderr } = await new TestTarget().run(
      lines(declared, record('t', { id: 1, extra: 'canary' }), record('t', { id: 2, extra: 1 })),
    );
    expect(stderr.match(/property=extra/g)).toHaveLength(1);
    expect(stderr).not.toContain('canary');
  });
});

const literal = fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,25})?(?:[eE][+-]?\d{1,3})?$/);
const wholeLiteral = fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})$/);
const spelled = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string().map((text) => `\0${text}\ud800`),
);

const anyValue: fc.Arbitrary<readonly [Name, string]> = fc.oneof(
  fc.tuple(fc.constant<Name>('i'), fc.oneof(wholeLiteral, fc.integer().map(String))),
  fc.tuple(
    fc.constant<Name>('n'),
    fc.oneof(literal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(spell)),
  ),
  fc.tuple(fc.constant<Name>('b'), fc.boolean().map(String)),
  fc.tuple(
    fc.constant<Name>('s'),
    spelled.map((text) => JSON.stringify(text)),
  ),
  fc.tuple(
    fc.constant<Name>('j'),
    fc
      .oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()))
      .map((value) => JSON.stringify(value)),
  ),
  fc.tuple(
    fc.constant<Name>('a'),
    fc.oneof(
      literal,
      spelled.map((text) => JSON.stringify(text)),
    ),
  ),
  fc.tuple(
    fc.constant<Name>('m'),
    fc.oneof(
      wholeLiteral,
      spelled.map((text) => JSON.stringify(text)),
    ),
  ),
);

function spell(value: number): string {
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

/** Implements the README's rule independently: converts a literal directly to the expected cell. */
function expectedCell(name: Name, text: string): Cell {
  if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0;
  if (text.startsWith('"')) return (JSON.parse(text) as string).toWellFormed();
  if (text.startsWith('{') || text.startsWith('[')) return text;
  const double = Number(text);
  const isHeld = Number.isFinite(double) && sameDecimal(text, double);
  if (name === 'm') return isHeld && !isMinusZero(text) ? String(double) : text;
  if (isMinusZero(text)) return -0;
  // Every numeric column has received a value that no double can hold, and has become untyped.
  const [numerator, denominator] = fraction(text);
  const whole = numerator / denominator;
  const isWhole = whole * denominator === numerator && whole === BigInt.asIntN(64, whole);
  if (isWhole && (isHeld || /^-?\d+$/.test(text)))
    return Number.isSafeInteger(double) ? double : whole;
  return isHeld ? double : text;
}

function isMinusZero(text: string): boolean {
  return /^-0(?:\.0*)?(?:e.*)?$/i.test(text);
}

/** True if a literal and a double are equal, compared as integer fractions. */
function sameDecimal(text: string, double: number): boolean {
  const [one, other] = [fraction(text), fraction(String(double))];
  return one[0] * other[1] === other[0] * one[1];
}

function fraction(text: string): [bigint, bigint] {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', decimals = ''] = mantissa.split('.');
  const power = Number(exponent) - decimals.length;
  const digits = BigInt(`${whole}${decimals}`);
  return power >= 0 ? [digits * 10n ** BigInt(power), 1n] : [digits, 10n ** BigInt(-power)];
}
