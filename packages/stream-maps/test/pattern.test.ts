import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../src/pattern.ts';

describe('a shell pattern', () => {
  it.each([
    ['leads*', 'leads'],
    ['leads*', 'leadspersons__persons'],
    ['*__*', 'leadspersons__persons'],
    ['?sers', 'users'],
    ['?', '😀'],
    ['[lu]*', 'users'],
    ['[!a-k]sers', 'users'],
    ['[a-u]sers', 'users'],
    ['[]x]', ']'],
    ['[a-]', '-'],
    ['a[b', 'a[b'],
    ['a.b', 'a.b'],
    ['*a*b*c', 'xaxbxbc'],
    ['', ''],
    ['**', ''],
  ])('%s matches %s', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(true);
  });

  it.each([
    ['leads', 'leadsx'],
    ['leads?', 'leads'],
    ['*s', 'lead'],
    ['[!u]sers', 'users'],
    ['[]', 'x'],
    ['a.b', 'axb'],
    ['?', ''],
    ['', 'x'],
  ])('%s does not match %s', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(false);
  });

  it.each([
    ['*a'.repeat(30), `${'a'.repeat(300)}b`],
    ['['.repeat(200_000), 'a'.repeat(200_000)],
  ])('takes linear time', (pattern, name) => {
    expect(matchesPattern(pattern, name)).toBe(false);
  });
});
