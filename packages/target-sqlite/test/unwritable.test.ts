import { existsSync } from 'node:fs';
import { execute, type Ended } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { command, integer, lines, record, schema, state, TestTarget } from './target.ts';

/** A device on which every write fails as on a full disk. */
const FULL = '/dev/full';

const input = lines(
  schema('t', { id: integer }, ['id']),
  ...[record('t', { id: 1 }), state({ at: 1 }), record('t', { id: 2 }), state({ at: 2 })],
);

/** Loads the input in a shell that redirects the target's standard streams. */
function redirected(target: TestTarget, redirection: string, ...args: string[]): Promise<Ended> {
  const script = `exec "$@" ${redirection}`;
  const all = ['-c', script, 'sh', ...command, '--config', target.config, ...args];
  return execute('sh', all, { input });
}

describe.skipIf(!existsSync(FULL))('on a full disk (needs /dev/full)', () => {
  it('a log does not end the load', async () => {
    const target = new TestTarget();
    const { code, stdout } = await redirected(target, `2>${FULL}`);
    expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({ code: 0, last: '{"at":2}' });
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('stdout does not stop the load, which then exits with 1 and says why', async () => {
    const target = new TestTarget();
    const { code, stderr } = await redirected(target, `>${FULL}`);
    expect(code).toBe(1);
    expect(stderr).toContain('stdout cannot be written because its disk is full (ENOSPC)');
    expect(stderr).not.toContain('unexpected');
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(target.query('SELECT value FROM _singer_state')).toEqual([{ value: '{"at":2}' }]);
  });

  it.each([['state'], ['runs'], ['verify']])('stdout fails %s with one sentence', async (name) => {
    const target = new TestTarget();
    await target.load(input);
    const { code, stderr } = await redirected(target, `>${FULL}`, name);
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 });
    expect(stderr).toContain('stdout cannot be written because its disk is full (ENOSPC)');
  });
});
