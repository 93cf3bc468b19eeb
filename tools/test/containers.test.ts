import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { outputOf } from '@exact-spotter/testing';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { isCi } from '../src/ci.ts';
import { pythonTools, type PythonTools } from '../src/python.ts';

const containers = join(import.meta.dirname, '..', '..', 'containers');
const files = readdirSync(containers).filter((name) => name.endsWith('.Containerfile'));
let tools: PythonTools;

beforeAll(async () => {
  tools = await pythonTools('containers');
  if ('missing' in tools && isCi) {
    throw new Error(`CI must lint the container files: ${tools.missing}`);
  }
}, 180_000);

beforeEach(({ skip }) => {
  if ('missing' in tools) skip(tools.missing);
});

it('a container file exists for each program and for the pair', () => {
  expect(files.sort()).toEqual([
    'pair.Containerfile',
    'tap-exactsales.Containerfile',
    'target-sqlite.Containerfile',
  ]);
});

it.each(files)('hadolint finds no problem in %s', async (name) => {
  if ('missing' in tools) return;
  const args = ['--failure-threshold', 'style', join(containers, name)];
  await outputOf(join(tools.bin, 'hadolint'), args);
});
