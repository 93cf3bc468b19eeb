import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCatalog, readJsonFile, readState, SettingsError } from '../src/index.ts';
import { findJsonFault } from '../src/messages/json-fault.ts';

const folder = mkdtempSync(join(tmpdir(), 'json-'));

function file(content: string | Uint8Array): string {
  const path = join(folder, 'file.json');
  writeFileSync(path, content);
  return path;
}

async function problemOf(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.catch((reason: unknown) => reason);
  if (!(error instanceof SettingsError)) throw new Error('the file was not refused');
  return error.message;
}

const value = { name: 'Ação 😀', n: 1 };
const text = JSON.stringify(value);
const utf16 = (content: string): Buffer => Buffer.from(`\uFEFF${content}`, 'utf16le');

describe('a file is read', () => {
  it.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little endian, as Windows PowerShell writes it', utf16(`${text}\r\n`)],
    ['UTF-16, big endian', utf16(text).swap16()],
  ])('in %s', async (_case, bytes) => {
    expect(await readJsonFile(file(bytes), 'settings')).toEqual(value);
  });
});

describe('bytes that are not valid are refused with their place', () => {
  it.each<[string, Uint8Array, string]>([
    ['Latin-1', Buffer.from('{\n "a": "Açe"}', 'latin1'), 'UTF-8 at line 2, column 9'],
    [
      'a byte after an emoji',
      Buffer.from([...Buffer.from('{"😀'), 0xff]),
      'UTF-8 at line 1, column 4',
    ],
    [
      'a character that is cut off',
      Buffer.from('{"a": "ã').subarray(0, -1),
      'UTF-8 at line 1, column 8',
    ],
    ['half a surrogate pair', utf16('{\r\n"\ud83d"}'), 'UTF-16 at line 2, column 2'],
    ['an odd number of bytes', utf16('{}').subarray(0, -1), 'UTF-16 at line 1, column 2'],
  ])('%s', async (_case, bytes, place) => {
    const path = file(bytes);
    expect(await problemOf(readJsonFile(path, 'settings'))).toBe(
      `The settings file ${path} is not valid ${place}: save it as UTF-8.`,
    );
  });
});

describe('a JSON fault is reported with its place and without the content', () => {
  it.each([
    ['a value without quotes', '{"a": canary}', '1, column 7: a value is expected'],
    [
      'a missing comma',
      '{\n  "a": 1\n  "b": 2\n}',
      '3, column 3: a comma or a closing bracket is expected',
    ],
    ['a trailing comma', '{"a": 1,\r\n}', '2, column 1: a name in double quotes is expected'],
    ['a trailing comma in a list', '[1,\n]', '2, column 1: a value is expected'],
    ['single quotes', "{'canary': 1}", '1, column 2: a name in double quotes or "}" is expected'],
    ['a missing colon', '{"canary" 1}', '1, column 11: a colon is expected'],
    ['a comment', '{\n// canary\n}', '2, column 1: a name in double quotes or "}" is expected'],
    ['a text that is cut off', '{"a": [1, ', '1, column 11: the file is cut off'],
    [
      'a string without an end',
      '{"a": "canary',
      '1, column 7: the string has no end, or a wrong character in it',
    ],
    [
      'a Windows path',
      '{"😀": "C:\\canary"}',
      '1, column 7: the string has no end, or a wrong character in it',
    ],
    ['a wrong bracket', '{"a": [1}}', '1, column 9: a comma or a closing bracket is expected'],
    [
      'two values',
      '{}\n{"a": "canary"}',
      '2, column 1: it must contain one JSON value and nothing after it',
    ],
    [
      'a number with a leading zero',
      '[01]',
      '1, column 3: a comma or a closing bracket is expected',
    ],
    ['Python', '{"a": None}', '1, column 7: a value is expected'],
  ])('%s', async (_case, content, reason) => {
    const path = file(content);
    const problem = `file ${path} is not valid JSON at line ${reason}.`;
    expect(await problemOf(readJsonFile(path, 'settings'))).toBe(`The settings ${problem}`);
    expect(await problemOf(readState(path))).toBe(`The state ${problem}`);
    expect(await problemOf(readCatalog(path))).toBe(`The catalog ${problem}`);
  });

  it('exactly where JSON.parse fails', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        ' ',
        '\n',
        '"',
        '"a"',
        '"\\u12',
        '\\',
        '\t',
        '-',
        '0',
        '1.5',
      ],
      ...['1e', 'true', 'nul', '{"a":', '[1', '\u0001', '"é"'],
    );
    const isJson = (content: string): boolean => {
      try {
        JSON.parse(content);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const content = parts.join('');
        expect(findJsonFault(content) === undefined).toBe(isJson(content));
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.json(), (content) => {
        expect(findJsonFault(content)).toBeUndefined();
        expect(findJsonFault(`${content}x`)?.at).toBe(content.length);
      }),
    );
  });

  it('in linear time, at any depth', () => {
    expect(findJsonFault('['.repeat(1_000_000))?.at).toBe(1_000_000);
    expect(findJsonFault(`"${'\\n'.repeat(1_000_000)}`)?.at).toBe(0);
    expect(findJsonFault(`[${'1'.repeat(1_000_000)}x`)?.at).toBe(1_000_001);
  });
});
