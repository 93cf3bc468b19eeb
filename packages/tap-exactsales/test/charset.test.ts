import { afterEach, describe, expect, it } from 'vitest';
import { readStreams, serve, type Scripted } from './scripted.ts';

/** No encoding below has the same bytes for this name as another one. */
const NAME = 'Ação €';
type Encode = (text: string) => Buffer;
const latin1: Encode = (text) => Buffer.from(text.replace('€', '\x80'), 'latin1');
const utf16: Encode = (text) => Buffer.from(text, 'utf16le');
const utf8: Encode = (text) => Buffer.from(text);

let server: Scripted;
afterEach(() => server.stop());

/** Reads the stages from a server that encodes its pages this way. */
async function readStages(
  contentType: string,
  encode: Encode,
  isBroken = (attempt: number): boolean => attempt > 0,
): Promise<Awaited<ReturnType<typeof readStreams>>> {
  let attempts = 0;
  server = await serve({ stages: [{ id: 1, value: NAME }] }, (answer, asked) => {
    if (asked.path !== 'stages' || asked.isCount || !isBroken((attempts += 1))) return;
    answer.headers['content-type'] = contentType;
    answer.bytes = encode(JSON.stringify(answer.envelope));
  });
  return readStreams(server.url, ['stages']);
}

function namesIn({ messages }: Awaited<ReturnType<typeof readStreams>>): unknown[] {
  return messages.flatMap(({ type, record }) => (type === 'RECORD' ? [record?.['value']] : []));
}

describe('a response is decoded with its charset', () => {
  it.each<[string, string, Encode]>([
    ['ISO-8859-1', 'application/json; charset=iso-8859-1', latin1],
    ['quoted', 'application/json; Charset="ISO-8859-1"; a=b', latin1],
    ['Windows-1252', 'text/json;charset=windows-1252', latin1],
    ['UTF-16', 'application/json; charset=utf-16', utf16],
    ['UTF-16, big endian', 'application/json; charset=utf-16be', (text) => utf16(text).swap16()],
    ['UTF-16 by its mark', 'application/json', (text) => utf16(`\uFEFF${text}`)],
    ['UTF-8 by its mark', 'text/json; charset=latin1', (text) => utf8(`\uFEFF${text}`)],
    ['UTF-8', 'application/json; charset=utf8', utf8],
  ])('%s', async (_case, contentType, encode) => {
    const read = await readStages(contentType, encode);
    expect(read.code, read.stderr).toBe(0);
    expect(namesIn(read)).toEqual([NAME]);
  });
});

describe('a response that cannot be decoded', () => {
  it('is requested again', async () => {
    const read = await readStages('application/json', latin1, (attempt) => attempt === 1);
    expect(read.code, read.stderr).toBe(0);
    expect(read.stderr).toMatch(
      /GET \/stages .*failed: the response is not valid UTF-8; trying again/,
    );
    expect(namesIn(read)).toEqual([NAME]);
  });

  it.each<[string, string, RegExp]>([
    ['is not valid', 'application/json', /the response is not valid UTF-8, even after retries/],
    ['has an unknown charset', 'text/json; charset=klingon', /the unknown charset "klingon"/],
  ])(
    'fails the read if it %s every time, and no record is changed',
    async (_case, type, reason) => {
      const read = await readStages(type, latin1);
      expect(read.code).toBe(1);
      expect(read.stderr).toMatch(reason);
      expect(read.stderr).not.toContain('Ação');
      expect(namesIn(read)).toEqual([]);
    },
  );
});
