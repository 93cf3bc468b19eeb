import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SettingsError } from '@exact-spotter/singer';
import { functions } from '../src/expression/functions.ts';
import { methods } from '../src/expression/methods.ts';
import { ana, mapper, evaluate } from './maps.ts';

/** An expression, its result as JSON text, and the type of its column. */
const CASES: readonly (readonly [string, string, string])[] = [
  ["'client-1'", '"client-1"', 'string'],
  ['"it\'s"', '"it\'s"', 'string'],
  ['42', '42', 'integer'],
  ['1.5', '1.5', 'number'],
  ['True', 'true', 'boolean'],
  ['name', '"Ana Souza"', 'string'],
  ["record['name']", '"Ana Souza"', 'string'],
  ["_['name']", '"Ana Souza"', 'string'],
  ['record.name', '"Ana Souza"', 'string'],
  ["_.get('nothing', 'else')", '"else"', 'string'],
  ['email.lower()', '"ana@example.com"', 'string'],
  ["email.split('@')[-1]", '"Example.com"', 'string'],
  ["email.split('@', 1)", '["Ana","Example.com"]', 'array'],
  ['phone[-4:]', '"4321"', 'string'],
  ['phone[:3]', '"+55"', 'string'],
  ['phone[1:3]', '"55"', 'string'],
  ['phone[0]', '"+"', 'string'],
  ["phone.replace(' ', '').replace('-', '')", '"+5511987654321"', 'string'],
  ["phone.replace(' ', '', 1)", '"+5511 98765-4321"', 'string'],
  ["'  x '.strip()", '"x"', 'string'],
  ["'xxayx'.strip('x')", '"ay"', 'string'],
  ["'a.b'.rstrip('b').lstrip('a')", '"."', 'string'],
  ["'joão da silva'.title()", '"João Da Silva"', 'string'],
  ["'aBC'.capitalize()", '"Abc"', 'string'],
  ["'-5'.zfill(4)", '"-005"', 'string'],
  ["', '.join(tags)", '"a, b"', 'string'],
  ["'abc'.find('c') + 'aXbX'.count('X')", '4', 'integer'],
  ["name.startswith('Ana') and email.endswith('.com')", 'true', 'boolean'],
  ["name.removeprefix('Ana ').removesuffix('a')", '"Souz"', 'string'],
  ["'123'.isdigit()", 'true', 'boolean'],
  ['tags[0]', '"a"', 'string'],
  ["home['city']", '"Recife"', 'string'],
  ['home.city.upper()', '"RECIFE"', 'string'],
  ['age + 1', '42', 'integer'],
  ['-age', '-41', 'integer'],
  ['age * paid', '512.5', 'number'],
  ['age / 2', '20.5', 'number'],
  ['age // 2', '20', 'integer'],
  ['-7 // 2', '-4', 'integer'],
  ['-7 % 3', '2', 'integer'],
  ['(1 + 2) * 3 - 4', '5', 'integer'],
  ['10 - 4 - 3', '3', 'integer'],
  ['1 < age < 50', 'true', 'boolean'],
  ['1 < age < 5', 'false', 'boolean'],
  ['not age == 41', 'false', 'boolean'],
  ['not (age == 41 and active)', 'false', 'boolean'],
  ['not active or age > 40', 'true', 'boolean'],
  ['age + 1 == 42 and not age == 1', 'true', 'boolean'],
  ["'Souza' in name", 'true', 'boolean'],
  ["name not in ('Bia', 'Caio')", 'true', 'boolean'],
  ["'x' in ['x', 'y']", 'true', 'boolean'],
  ['name is None', 'false', 'boolean'],
  ['name is not None', 'true', 'boolean'],
  ["'old' if age > 40 else 'young'", '"old"', 'string'],
  ["'a' if age < 1 else 'b' if age < 2 else 'c'", '"c"', 'string'],
  ["'' or name", '"Ana Souza"', 'string'],
  ['str(age)', '"41"', 'string'],
  ['str(active)', '"True"', 'string'],
  ["int('12')", '12', 'integer'],
  ['int(paid)', '12', 'integer'],
  ['int(-1.9)', '-1', 'integer'],
  ["float('1.25')", '1.25', 'number'],
  ['bool(name)', 'true', 'boolean'],
  ["bool('')", 'false', 'boolean'],
  ['len(name)', '9', 'integer'],
  ["len('a😀')", '2', 'integer'],
  ['abs(-3)', '3', 'integer'],
  ['round(paid * 1.111, 2)', '13.89', 'number'],
  ['max(age, 50)', '50', 'integer'],
  ['json.dumps(home)', '"{\\"city\\":\\"Recife\\"}"', 'string'],
  ["json.loads('[1, 2]')[1]", '"2"', 'string'],
  ["datetime.date.fromisoformat(born).strftime('%d/%m/%Y')", '"29/02/1984"', 'string'],
  ['datetime.datetime.fromisoformat(seen).date()', '"2026-03-01"', 'string'],
  ['datetime.datetime.fromisoformat(seen)', '"2026-03-01T23:30:15.25-03:00"', 'string'],
  ['datetime.datetime.fromisoformat(born).year', '1984', 'integer'],
  [
    "datetime.datetime.fromisoformat(seen) > datetime.datetime.fromisoformat('2026-03-02T02:00:00Z')",
    'true',
    'boolean',
  ],
  [
    "datetime.datetime.fromisoformat('2026-01-01T00:00:00.1234567Z') < datetime.datetime.fromisoformat('2026-01-01T00:00:00.1234568Z')",
    'true',
    'boolean',
  ],
  ["datetime.date.fromisoformat('0004-12-31').strftime('%j')", '"366"', 'string'],
  ["record['a']", 'null', 'string'],
  ['__stream_name__', '"people"', 'string'],
  ['__original_stream_name__', '"people"', 'string'],
  ["md5('abc')", `"${createHash('md5').update('abc').digest('hex')}"`, 'string'],
  ['sha256(id)', `"${createHash('sha256').update('1').digest('hex')}"`, 'string'],
];

/** Characters beyond U+FFFF are two UTF-16 units in JavaScript, but one character in Python. */
const ASTRAL_CASES: typeof CASES = [
  ["'😀ab'['😀ab'.find('a'):]", '"ab"', 'string'],
  ["'😀ab'.find('c')", '-1', 'integer'],
  ["'😀'.zfill(3)", '"00😀"', 'string'],
  ["'😀x😀'.strip('😁')", '"😀x😀"', 'string'],
  ["'😀x😀'.lstrip('😀').rstrip('😀')", '"x"', 'string'],
  ["'😀'.count('')", '2', 'integer'],
  ["'😀a'.replace('', '-')", '"-😀-a-"', 'string'],
  ["'😀a'.replace('', '-', 1)", '"-😀a"', 'string'],
  ["'\uFFFD' < '😀'", 'true', 'boolean'],
  ["max('\uFFFD', '😀')", '"😀"', 'string'],
  ["'😀a😀a'.rfind('a')", '3', 'integer'],
  ["'😀a😀a'.index('a')", '1', 'integer'],
  ["'😀a😀a'.rindex('😀')", '2', 'integer'],
  ["'😀a😀a'.find('a', 2)", '3', 'integer'],
  ["'😀a😀a'.find('a', -1)", '3', 'integer'],
  ["'😀a😀a'.rfind('a', 0, 3)", '1', 'integer'],
  ["'😀a😀a'.find('a', 2, 3)", '-1', 'integer'],
  ["'😀'.find('', 1)", '1', 'integer'],
  ["'😀'.find('', 2)", '-1', 'integer'],
  ["'😀'.ljust(3, '.')", '"😀.."', 'string'],
  ["'a'.ljust(3, '😀')", '"a😀😀"', 'string'],
  ["'😀'.rjust(3)", '"  😀"', 'string'],
  ["'-😀'.zfill(4)", '"-00😀"', 'string'],
  ["'😀ab'[1]", '"a"', 'string'],
  ["'😀ab'[-2:]", '"ab"', 'string'],
  ["'😀ab'[:1]", '"😀"', 'string'],
  ["'😀AB'.capitalize()", '"😀ab"', 'string'],
  ["'\u{10428}B'.capitalize()", '"\u{10400}b"', 'string'],
  ["'😀a'.count('😀')", '1', 'integer'],
  ["'😀a😀'.split('a')", '["😀","😀"]', 'array'],
  ["'\x1f😀\x85'.strip()", '"😀"', 'string'],
  ["'\uFEFF'.strip() == ''", 'false', 'boolean'],
  ["'a\x1f😀\u3000'.split()", '["a","😀"]', 'array'],
];

/** Half of a character (`\ud83d`), which JSON may contain, is not a part of that character. */
const HALF_CASES: readonly (readonly [string, string])[] = [
  ['email in name', 'false'],
  ['name.find(email)', '-1'],
  ['name.count(email)', '0'],
  ["name.replace(email, '-')", '"😀"'],
  ['name.split(email)', '["😀"]'],
  ['name.startswith(email)', 'false'],
  ['name.removeprefix(email)', '"😀"'],
  ['name.strip(email)', '"😀"'],
];

describe('an expression', () => {
  it.each([...CASES, ...ASTRAL_CASES])('%s returns %s', async (expression, value, type) => {
    const made = await evaluate(expression);
    expect(made.value).toBe(value);
    expect([made.schema].flat()[0]).toMatchObject({ type: [type, 'null'] });
  });

  it.each(HALF_CASES)('%s returns %s for half of a character', async (expression, value) => {
    const record = String.raw`{"id":1,"name":"\ud83d\ude00","email":"\ud83d"}`;
    expect((await evaluate(expression, { record })).value).toBe(value);
  });

  it.each([
    'email.lower()',
    "email + 'x'",
    'len(email)',
    "md5(config['salt'] + email)",
    'email > 1',
    "email.split('@')[-1]",
    'email[-4:]',
    'str(email)',
    "home['city']",
    "datetime.date.fromisoformat(email).strftime('%Y')",
  ])('%s is null if one of its columns is null', async (expression) => {
    const record = { ...ana, email: null, home: null };
    expect((await evaluate(expression, { record, config: { salt: 's' } })).value).toBe('null');
  });

  it('can use a salt from the settings', async () => {
    const { value } = await evaluate("sha256(config['salt'] + email)", { config: { salt: 'sal' } });
    const hash = createHash('sha256').update('salAna@Example.com').digest('hex');
    expect(value).toBe(`"${hash}"`);
  });

  it.each([
    ['id', '12345678901234567890'],
    ['id + 1', '12345678901234567891'],
    ['str(id)', '"12345678901234567890"'],
    ['id == 12345678901234567890', 'true'],
    ['id == 12345678901234567891', 'false'],
    ['paid', '0.12345678901234567891'],
    ['float(paid)', '0.12345678901234567891'],
  ])('%s keeps every digit', async (expression, value) => {
    const record = '{"id":12345678901234567890,"paid":0.12345678901234567891}';
    expect((await evaluate(expression, { record })).value).toBe(value);
  });

  it('computes integers of any length exactly', async () => {
    const long = fc.bigInt(-(10n ** 20n), 10n ** 20n);
    await fc.assert(
      fc.asyncProperty(long, long, async (left, right) => {
        const record = `{"id":${left},"age":${right}}`;
        const { value } = await evaluate('id * age - id', { record });
        expect(value).toBe(String(left * right - left));
      }),
      // This literal is the shortest form of a double whose exact value is different.
      { numRuns: 300, examples: [[19_815_204_860_408_435_000n, 0n]] },
    );
  });
});

/** An invalid expression, and its error message. */
const INVALID: readonly (readonly [string, RegExp])[] = [
  ['', /is empty/],
  ['name +', /is invalid at character/],
  ["'open", /is invalid/],
  ['(name', /is invalid/],
  ['name email', /is invalid at character 6/],
  ['(name email)', /is invalid/],
  ['name,', /comma/],
  ['a = 1', /is invalid/],
  ['name ? 1 : 2', /is invalid/],
  ['name?.length', /"\?\."/],
  ['name ** 2', /is invalid/],
  ['x => x', /is invalid/],
  ['[f for f in tags]', /is invalid/],
  ['lambda: 1', /more than one expression/],
  ['name[1:2:3]', /is invalid/],
  ['name if active', /is invalid/],
  ['eval(name)', /unknown function "eval"/],
  ['md4(name)', /did you mean "md5"/],
  ['name.lowr()', /did you mean "lower"/],
  ['name.__class__()', /unknown method "__class__"/],
  ["name.constructor('return 1')()", /only functions and methods can be called/],
  ['sha256()', /takes 1 arguments, but was called with 0/],
  ["config['salz']", /no "salz": did you mean "salt"/],
  ['config.nothing', /no "nothing": add it/],
  ['1+'.repeat(4000), /longer than 5000/],
];

describe('an invalid expression', () => {
  it.each(INVALID)('%s is reported', async (expression, sentence) => {
    const loading = mapper({
      stream_maps: { people: { made: expression } },
      stream_map_config: { salt: 'SECRET' },
    });
    const error: unknown = await loading.catch((cause: unknown) => cause);
    if (!(error instanceof SettingsError)) throw error;
    expect(error.problems).toHaveLength(1);
    expect(error.message).toMatch(/^The setting "stream_maps" › "people" › "made": .*\.$/);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('SECRET');
  });

  it.each<[string, string, number]>([
    ['minus signs', `${'-'.repeat(4900)}age`, 1001],
    ['not', `${'not '.repeat(1200)}age`, 4001],
    ['open parentheses', '('.repeat(3000), 501],
    ['brackets', `${'['.repeat(2400)}${']'.repeat(2400)}`, 501],
    ['function calls', `${'str('.repeat(700)}age${')'.repeat(700)}`, 2004],
    ['a sum', `age${'+1'.repeat(2400)}`, 2004],
    ['a chain of comparisons', `age${'<1'.repeat(2400)}`, 2004],
    ['an index', `${'age['.repeat(900)}0${']'.repeat(900)}`, 2004],
    [
      'strings with quotes and brackets, then minus signs',
      String.raw`'it\'s ((((-----' + "[[[" + ${'-'.repeat(4000)}age`,
      0,
    ],
  ])('with %s is nested too deeply', async (_name, expression, character) => {
    const place = character === 0 ? /character \d+\.$/ : new RegExp(`character ${character}\\.$`);
    for (const map of [{ made: expression }, { __filter__: expression }]) {
      const loading = mapper({ stream_maps: { people: map } });
      await expect(loading).rejects.toThrow(SettingsError);
      await expect(loading).rejects.toThrow(/: the expression is nested too deeply at character/);
      await expect(loading).rejects.toThrow(place);
    }
  });

  it.each<[string, string]>([
    ['minus signs', `${'-'.repeat(998)}age`],
    ['parentheses', `${'('.repeat(490)}age${')'.repeat(490)}`],
    ['a sum', `age${'+0'.repeat(990)}`],
    ['conditions', `${'1 if 0 else '.repeat(400)}age`],
    ['a list of many items', `[${'-1, '.repeat(1200)}age][-1]`],
  ])('with %s is not nested too deeply', async (_name, expression) => {
    expect(JSON.parse((await evaluate(expression)).value)).not.toBeNull();
  });

  it.each([
    ['name + 1', /column "made": "\+" cannot be used with a string/],
    ['int(name)', /int\(\) was called with a string that is not an integer/],
    ['age / 0', /division by zero/],
    ['age.lower()', /cannot be used with a number: convert it with str\(\)/],
    ['name < 1', /a string cannot be compared with a number/],
    ["json.loads('{')", /a string that is not JSON/],
    ["datetime.date.fromisoformat('2026-02-30')", /not an ISO 8601 date/],
    ["datetime.datetime.fromisoformat('2026-01-01T00:00:60Z')", /not an ISO 8601 date/],
    ["datetime.datetime.fromisoformat('2026-01-01Z')", /not an ISO 8601 date/],
    ["'a'.zfill(999999999)", /longer than 16 MiB/],
    ["'a'.ljust(999999999)", /longer than 16 MiB/],
    ["'a'.rjust(3, 'ab')", /padding must be a string of one character/],
    ["name.index('x')", /did not find the string/],
    ["name.split('')", /empty separator/],
  ])(
    '%s fails on the record with a message that contains no value',
    async (expression, sentence) => {
      await expect(evaluate(expression)).rejects.toThrow(sentence);
      await expect(evaluate(expression)).rejects.toThrow(
        /^line 7, stream "people", column "made": /,
      );
      await expect(evaluate(expression)).rejects.not.toThrow(/Souza/);
    },
  );
});

it('a chain of comparisons evaluates each operand once', async () => {
  // If each chain evaluated its middle operand twice, this would take 2^100 steps.
  const chains = `${'0 <= ('.repeat(100)}1${') <= 1'.repeat(100)}`.replaceAll('(', 'int(');
  expect((await evaluate(chains)).value).toBe('true');
});

describe('an expression that names a member inherited from JavaScript', () => {
  it.each([
    "record['constructor']",
    "record['__proto__']",
    "record['toString']",
    "home['hasOwnProperty']",
    "home.get('constructor')",
    'record.constructor.constructor',
    'tags[100]',
  ])('%s is null', async (expression) => {
    expect((await evaluate(expression)).value).toBe('null');
  });

  it('returns an own member with such a name', async () => {
    const record = '{"id":1,"__proto__":{"x":1},"constructor":"c"}';
    expect((await evaluate("record['constructor']", { record })).value).toBe('"c"');
    expect((await evaluate("record['__proto__']['x']", { record })).value).toBe('"1"');
  });
});

describe('STREAM-MAPS.md', () => {
  const page = readFileSync(new URL('../STREAM-MAPS.md', import.meta.url), 'utf8');

  it.each([...functions.keys(), ...methods.keys()])('lists %s()', (name) => {
    expect(page).toContain(`\`${name}()\``);
  });
});
