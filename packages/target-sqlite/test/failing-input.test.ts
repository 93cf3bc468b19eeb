import { once } from 'node:events';
import { ended } from '@exact-spotter/testing';
import { expect, it } from 'vitest';
import { TestTarget } from './target.ts';

const schema =
  '{"type":"SCHEMA","stream":"s","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}\n';
const record = '{"type":"RECORD","stream":"s","record":{"id":1}}\n';

// The target once waited for the tap to close the pipe, so a nightly run never ended.
it.each([
  ['falls silent', ''],
  ['sends more than fits into the pipe', record.repeat(400_000)],
])(
  'a failed run ends even if the tap %s',
  async (_case, rest) => {
    const child = new TestTarget().start();
    child.stdin.write(`${schema}${record}no message\n${rest}`);
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).toContain('line 3: the line is not valid JSON');
  },
  10_000,
);

it('a run ends on SIGTERM even if the tap is silent', async () => {
  const child = new TestTarget().start();
  child.stdin.write(`${schema}${record}{"type":"STATE","value":{"at":1}}\n`);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { code, stderr } = await ended(child);
  expect(code).toBe(143);
  expect(stderr).toContain('SIGTERM stopped the run, so the copy is incomplete');
}, 10_000);
