import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';

const program = join(import.meta.dirname, '..', 'src', 'main.ts');
let child: ChildProcessWithoutNullStreams | undefined;
afterEach(() => child?.kill('SIGKILL'));

function start(...args: string[]): ChildProcessWithoutNullStreams {
  child = spawn(process.execPath, [program, ...args]);
  return child;
}

describe('npm run simulator', () => {
  it('prints its address, respects its options and exits on SIGINT', async () => {
    const simulator = start('--leads', '30', '--token', 'abc', '--quota', '2/3600');
    const [output] = (await once(simulator.stdout, 'data')) as [Buffer];
    const [, url = ''] = /answers at (\S+)\n/.exec(output.toString()) ?? [];
    const headers = { token_exact: 'abc' };
    const responses = [];
    for (let times = 0; times < 3; times += 1) {
      responses.push(await fetch(`${url}/Leads`, { headers }));
    }
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(await responses[0]?.json()).toHaveProperty('value.length', 30);
    simulator.kill('SIGINT');
    expect(await once(simulator, 'close')).toEqual([0, null]);
  });

  it('lists its options with --help', async () => {
    const simulator = start('--help');
    const [output, end] = await Promise.all([text(simulator.stdout), once(simulator, 'close')]);
    for (const name of ['port', 'leads', 'seed', 'token', 'latency', 'quota']) {
      expect(output).toContain(`--${name} `);
    }
    expect(end).toEqual([0, null]);
  });

  it.each([
    ['--leads', '5', '--leads must be an integer from 10 to 1000000.'],
    ['--quota', '30', '--quota must have the form requests/seconds, such as 30/20.'],
    ['--nothing', '1', "Unknown option '--nothing'"],
  ])(
    'exits with code 2 and prints the reason if an option is invalid: %s %s',
    async (name, value, reason) => {
      const simulator = start(name, value);
      const [output, end] = await Promise.all([text(simulator.stderr), once(simulator, 'close')]);
      expect(output).toContain(reason);
      expect(end).toEqual([2, null]);
    },
  );
});
