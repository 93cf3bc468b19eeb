import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, 'sample-program.ts');
/** A device on which every write fails as on a full disk. */
const FULL = '/dev/full';
const hasFullDevice = existsSync(FULL);

/** Runs the sample program in a shell that redirects its standard streams. */
function redirected(command: string, redirection: string): ReturnType<typeof execute> {
  const script = `exec "$0" "$@" ${redirection}`;
  return execute('sh', ['-c', script, process.execPath, program, command]);
}

describe('a log that cannot be written', () => {
  it.skipIf(!hasFullDevice)('on a full disk does not end a run (needs /dev/full)', async () => {
    expect(await redirected('chatter', `2>${FULL}`)).toMatchObject({ code: 0, stdout: 'done\n' });
  });

  it('because its reader has ended does not end a run', async () => {
    const child = spawn(process.execPath, [program, 'chatter'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.destroy();
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'done\n' });
  });

  it.skipIf(!hasFullDevice)('does not change the exit code (needs /dev/full)', async () => {
    expect((await redirected('input', `2>${FULL}`)).code).toBe(1);
    expect((await redirected('--no-such-option', `2>${FULL}`)).code).toBe(2);
  });
});

describe('stdout on a full disk', () => {
  const SENTENCE =
    /^\S+ CRITICAL stdout cannot be written because its disk is full \(ENOSPC\): correct this, or redirect stdout to another place, and start the program again\.\n$/;

  it.skipIf(!hasFullDevice).each(['flood', 'chatter', '--version', '--about', '--help'])(
    'ends %s with exit code 1 and one sentence (needs /dev/full)',
    async (command) => {
      const { code, stderr } = await redirected(command, `>${FULL}`);
      expect(code).toBe(1);
      expect(stderr.replaceAll(/.* tick\n/g, '')).toMatch(SENTENCE);
    },
  );

  it.skipIf(!hasFullDevice)(
    'and stderr there, too, ends with exit code 1 (needs /dev/full)',
    async () => {
      const full = openSync(FULL, 'w');
      const child = spawn(process.execPath, [program, 'flood'], { stdio: ['ignore', full, full] });
      expect(await once(child, 'close')).toEqual([1, null]);
    },
  );
});
