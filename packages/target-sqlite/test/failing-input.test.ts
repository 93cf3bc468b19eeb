import { once } from 'node:events';
import { expect, it } from 'vitest';
import { ended, TestTarget } from './target.ts';

const schema =
  '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}\n';
const record = '{"type":"RECORD","stream":"s","record":{"id":1}}\n';

// It hung for as long as the writer stayed: a nightly run that nobody hears of again.
it.each([
  ['falls silent', ''],
  ['has more to say than anybody takes', record.repeat(400_000)],
])(
  'a run that fails ends at once, though its writer %s',
  async (_case, rest) => {
    const child = new TestTarget().start();
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${schema}${record}no message\n${rest}`);
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toContain('line 3: the line is not valid JSON');
  },
  10_000,
);

it('a run that is told to end does so, though its writer falls silent', async () => {
  const child = new TestTarget().start();
  child.stdin.write(`${schema}${record}{"type":"STATE","value":{"at":1}}\n`);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect((await ended(child)).code).toBe(0);
}, 10_000);
