import { describe, expect, it } from 'vitest';
import { linearPattern } from '../src/schemas/linear-pattern.ts';

describe('a pattern', () => {
  it.each([
    String.raw`^\d{3}-\d{4}$`,
    String.raw`^\S+@\S+\.\S+$`,
    String.raw`^[^\s@]+$`,
    String.raw`^[\s\S]*$`,
    String.raw`^\s+$`,
    '^.$',
    '^..$',
    String.raw`^\p{L}+$`,
    String.raw`\u00e9|\u{1F600}|\cJ`,
    String.raw`[\u{1F600}\b[.]`,
    String.raw`^\w+\b`,
    String.raw`\/|\0`,
    '^(a|b)?$',
    '',
  ])('%s matches the same texts as in JavaScript', (pattern) => {
    const native = new RegExp(pattern, 'u');
    const texts = [
      '',
      'a',
      'é',
      '😀',
      '\n',
      '\r',
      '\u2028',
      '\u00a0',
      '\ufeff',
      '\b',
      '[',
      '.',
      '/',
    ];
    const more = ['123-4567', 'x@y.z', 'a b', 'a\n', 'áé', '\0', 'S', 'n', 'ab'];
    for (const text of [...texts, ...more]) {
      expect([text, linearPattern(pattern)?.test(text)]).toEqual([text, native.test(text)]);
    }
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(.*a){25}$', '(a*)*b', String.raw`^(\w+\s?)*$`, '0+$'])(
    '%s takes linear time',
    (pattern) => {
      // A backtracking matcher would take longer than the age of the universe, or minutes for 0+$.
      expect(linearPattern(pattern)?.test(`${'a'.repeat(50_000)}!`)).toBe(false);
      expect(linearPattern(pattern)?.test(`${'0'.repeat(200_000)}!`)).toBe(false);
    },
  );

  it.each([
    ...['(?=a)a', '(?<!a)b', String.raw`(a)\1`, 'a{2000}'],
    ...[String.raw`^[^\S]+$`, String.raw`^\ud83d\ude00$`],
  ])('%s is not supported', (pattern) => {
    expect(linearPattern(pattern)).toBeUndefined();
  });

  it('that is not valid in JavaScript is refused', () => {
    expect(() => linearPattern('(?i)[[:alpha:]')).toThrow(SyntaxError);
  });
});
