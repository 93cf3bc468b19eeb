import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execute, type Ended } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { many, serve } from './scripted.ts';
import { file } from './tap.ts';

/** A device on which every write fails as on a full disk. */
const FULL = '/dev/full';
const bin = join(import.meta.dirname, '..', 'bin', 'tap-exactsales.js');

/** Reads the stages in a shell that redirects the tap's standard streams. */
async function redirected(redirection: string): Promise<Ended> {
  const server = await serve({ stages: many(3, (id) => ({ id, value: 'x' })) });
  const config = file('tap.json', { api_token: 'canary-of-scripts', api_url: server.url });
  const catalog = file('catalog.json', { streams: [{ tap_stream_id: 'stages' }] });
  const command = [process.execPath, '--conditions=@exact-spotter/source', bin];
  const args = ['-c', `exec "$@" ${redirection}`, 'sh', ...command];
  const ended = await execute('sh', [...args, '--config', config, '--catalog', catalog]);
  server.stop();
  return ended;
}

describe.skipIf(!existsSync(FULL))('on a full disk (needs /dev/full)', () => {
  it('a log does not end the run', async () => {
    const { code, stdout } = await redirected(`2>${FULL}`);
    expect({ code, state: stdout.includes('"type":"STATE"') }).toEqual({ code: 0, state: true });
  });

  it('stdout fails the run with one sentence', async () => {
    const { code, stderr } = await redirected(`>${FULL}`);
    expect(code).toBe(1);
    expect(stderr.match(/CRITICAL.*/g)).toEqual([
      'CRITICAL stdout cannot be written because its disk is full (ENOSPC): correct this, or redirect stdout to another place, and start the program again.',
    ]);
  });
});
