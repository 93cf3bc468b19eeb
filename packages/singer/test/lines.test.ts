import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, readLines, type Line } from '../src/index.ts';

async function read(chunks: readonly Uint8Array[], maxBytes?: number): Promise<Line[]> {
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield await Promise.resolve(chunk);
  };
  const options = maxBytes === undefined ? {} : { maxBytes };
  const lines: Line[] = [];
  for await (const batch of readLines(source(), options)) lines.push(...batch);
  return lines;
}

describe('readLines', () => {
  it.each([
    ['empty input', '', []],
    ['one line', 'a\n', [[1, 'a']]],
    [
      'a missing last line end',
      'a\nb',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'CRLF',
      'a\r\nb\r\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'blank lines, which are counted',
      '\na\n  \n\nb\n',
      [
        [2, 'a'],
        [5, 'b'],
      ],
    ],
    [
      'a byte order mark',
      '\uFEFFa\n\uFEFFb\n',
      [
        [1, 'a'],
        [2, '\uFEFFb'],
      ],
    ],
    [
      'accents and emoji',
      'é\n😀\n',
      [
        [1, 'é'],
        [2, '😀'],
      ],
    ],
    ['a carriage return within a line', 'a\rb\n', [[1, 'a\rb']]],
  ])('handles %s', async (_case, text, expected) => {
    const lines = await read([Buffer.from(text)]);
    expect(lines.map(({ number, text: content }) => [number, content])).toEqual(expected);
  });

  it('returns the same lines regardless of where the chunks are cut', async () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .map((text) => `x${text.replaceAll(/[\r\n]/g, '')}`);
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 7 }), async (texts, size) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
          bytes.subarray(at * size, (at + 1) * size),
        );
        const lines = await read(chunks);
        expect(lines.map(({ text }) => text)).toEqual(texts);
      }),
    );
  });

  it('copies the rest of a chunk, because its memory may be reused', async () => {
    const memory = Buffer.from('ab');
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(memory);
      memory.write('c\n');
      yield memory;
    };
    const lines: Line[] = [];
    for await (const batch of readLines(source())) lines.push(...batch);
    expect(lines).toEqual([{ number: 1, text: 'abc' }]);
  });

  it.each([
    ['within one chunk', ['ok\n', '123456\n']],
    ['across chunks, before its end arrives', ['ok\n', '123', '456']],
  ])('refuses a line over the limit and names the line number: %s', async (_case, chunks) => {
    const refusal = read(
      chunks.map((chunk) => Buffer.from(chunk)),
      5,
    );
    await expect(refusal).rejects.toThrow(InputError);
    await expect(refusal).rejects.toThrow(/^line 2: the line is longer than 5 bytes/);
  });
});
