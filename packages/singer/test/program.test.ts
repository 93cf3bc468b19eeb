import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, execute, start, until, type Child, type Ended } from '@exact-spotter/testing';

const folder = mkdtempSync(join(tmpdir(), 'program-'));
const program = join(import.meta.dirname, 'sample-program.ts');

interface ExecuteOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
}

/** Executes the sample program until it ends. */
function sample(
  args: readonly string[],
  { env = {}, input = '' }: ExecuteOptions = {},
): Promise<Ended> {
  const environment = { ...process.env, ...env };
  return execute(process.execPath, [program, ...args], { env: environment, input });
}

function startSample(...args: readonly string[]): Child {
  return start(process.execPath, [program, ...args]);
}

const succeeded = (stdout: string): Partial<Ended> => ({ code: 0, stdout, stderr: '' });

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const good = file('good.json', '{"api_token": "canary", "past_days": 1}');

describe('resolveSettings', () => {
  it.each<[string, string[], Record<string, string>, object]>([
    [
      'reads a file and adds defaults',
      ['--config', good],
      {},
      { past_days: 1, deep: false, api_token: 'canary' },
    ],
    [
      'lets later files override earlier files, but ignores null',
      ['--config', good, '--config', file('later.json', '{"past_days": 2, "deep": null}')],
      {},
      { past_days: 2, deep: false, api_token: 'canary' },
    ],
    [
      'lets the environment override files, and converts its values',
      ['--config', 'ENV', '--config', good],
      { TAP_SAMPLE_PAST_DAYS: '7', TAP_SAMPLE_DEEP: 'true', TAP_SAMPLE_NAMES: '["a"]' },
      { past_days: 7, deep: true, api_token: 'canary', names: ['a'] },
    ],
    [
      'converts a number in a string, as Meltano passes it, but not in a string setting',
      ['--config', file('text.json', '{"api_token": "12", "past_days": "3"}')],
      {},
      { past_days: 3, deep: false, api_token: '12' },
    ],
    [
      'reads the environment only with --config=ENV',
      ['--config', good],
      { TAP_SAMPLE_PAST_DAYS: '7' },
      { past_days: 1, deep: false, api_token: 'canary' },
    ],
  ])('%s', async (_case, args, env, expected) => {
    const { code, stdout } = await sample(args, { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('lists every problem at once, exits with 2 and shows no value', async () => {
    const bad = file(
      'bad.json',
      '{"api_tokn": "canary", "past_days": "canary", "deep": 3, "label": ""}',
    );
    const { code, stdout, stderr } = await sample(['--config', bad]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Unknown setting "api_tokn": did you mean "api_token"?');
    expect(stderr).toContain('The setting "past_days" must be integer.');
    expect(stderr).toContain('The setting "deep" must be boolean.');
    expect(stderr).toContain('The setting "label" must not be empty.');
    expect(stderr).toContain(
      'The setting "api_token" is required: add it to the file given with --config, or set TAP_SAMPLE_API_TOKEN and use --config=ENV.',
    );
    expect(stderr).not.toContain('canary');
  });

  it('reads .env in UTF-16, and refuses it if it is not text', async () => {
    const cwd = mkdtempSync(join(folder, 'env-'));
    const run = (content: Buffer): Promise<Ended> => {
      writeFileSync(join(cwd, '.env'), content);
      return execute(process.execPath, [program, '--config=ENV'], { cwd });
    };
    const line = 'TAP_SAMPLE_API_TOKEN=canaryç';
    expect((await run(Buffer.from(`\uFEFF${line}`, 'utf16le'))).stdout).toContain('"canaryç"');
    const { code, stderr } = await run(Buffer.from(line, 'latin1'));
    expect(code).toBe(2);
    expect(stderr).toContain('The file .env is not valid UTF-8 at line 1, column 28: save it as');
    expect(stderr).not.toContain('canary');
  });

  it('ignores an unknown setting with a warning', async () => {
    const foreign = file('foreign.json', '{"api_token": "x", "warehouse_host": "canary"}');
    const { code, stderr } = await sample(['--config', foreign]);
    expect(code).toBe(0);
    expect(stderr).toContain('Ignoring the unknown setting "warehouse_host".');
    expect(stderr).not.toContain('canary');
  });

  it.each([
    ['a missing file', join(folder, 'absent.json'), 'cannot be read (ENOENT)'],
    ['invalid JSON', file('broken.json', '{"api_token": canary}'), 'is not valid JSON'],
    ['an empty file', file('empty.json', '\n'), 'is empty: check the program'],
    [
      'a file with two JSON values',
      file('two.json', '{"api_token": "canary"}\n{}\n'),
      'it must contain one JSON value',
    ],
    ['a list', file('list.json', '["canary"]'), 'must contain a JSON object'],
  ])('refuses %s', async (_case, path, reason) => {
    const { code, stderr } = await sample(['--config', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(path);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('canary');
  });
});

describe('the log', () => {
  const structured = file(
    'log.json',
    JSON.stringify({
      version: 1,
      formatters: { structured: { '()': 'singer_sdk.logging.StructuredFormatter' } },
      root: { level: 'WARNING' },
    }),
  );

  it('is one JSON object per line if SINGER_SDK_LOG_CONFIG selects the structured formatter', async () => {
    const { stderr } = await sample(['input'], { env: { SINGER_SDK_LOG_CONFIG: structured } });
    expect(JSON.parse(stderr)).toEqual({
      level: 'critical',
      pid: expect.any(Number) as number,
      logger_name: 'tap-sample',
      ts: expect.closeTo(Date.now() / 1000, -2) as number,
      thread_name: 'main',
      app_name: 'tap-sample',
      stream_name: null,
      message: 'line 3, stream "s": it is bad: fix it.',
      extra: {},
      exception: {
        type: 'InputError',
        module: 'tap-sample',
        message: 'line 3, stream "s": it is bad: fix it.',
        traceback: [],
      },
    });
  });

  it.each([
    [
      'reads its configuration from YAML',
      'formatters:\n  plain:\n    format: "%(message)s"\nroot:\n  level: INFO\n',
      {},
      'tick\n',
    ],
    ['respects the level in the file', '{"root":{"level":"CRITICAL"}}', {}, ''],
    [
      "lets the program's own LOGLEVEL variable override the file",
      '{"formatters":{"f":{"format":"%(message)s"}},"root":{"level":"CRITICAL"}}',
      { TAP_SAMPLE_LOGLEVEL: 'info' },
      'tick\n',
    ],
  ])('%s', async (name, text, env, expected) => {
    const path = file(`${name}.config`, text);
    const { stderr } = await sample(['tick'], { env: { SINGER_SDK_LOG_CONFIG: path, ...env } });
    expect(stderr).toBe(expected);
  });

  it('refuses a configuration that is neither JSON nor YAML', async () => {
    const path = file('log.txt', '{"root": canary');
    const { code, stderr } = await sample(['tick'], { env: { SINGER_SDK_LOG_CONFIG: path } });
    expect(code).toBe(2);
    expect(stderr).toContain(`The log configuration ${path} (SINGER_SDK_LOG_CONFIG)`);
    expect(stderr).not.toContain('canary');
  });
});

describe('runProgram', () => {
  it('prints the version for --version', async () => {
    expect(await sample(['--version'])).toMatchObject(succeeded('tap-sample 1.2.3\n'));
  });

  it('prints --about in three formats', async () => {
    const json = await sample(['--about', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      name: 'tap-sample',
      version: '1.2.3',
      capabilities: ['about', 'state'],
      settings: { required: ['api_token'] },
    });
    const { properties } = (JSON.parse(json.stdout) as { settings: { properties: object } })
      .settings;
    expect(properties).toMatchObject({ api_token: { secret: true, writeOnly: true } });
    expect(JSON.stringify(properties).match(/secret|writeOnly/g)).toHaveLength(2);
    const markdown = await sample(['--about', '--format=markdown']);
    expect(markdown.stdout).toContain('| `past_days` | integer | 30 | How far back. |');
    // `meltano invoke NAME -- --about` also passes the `--` to the program.
    const text = await sample(['--config', good, '--', '--about']);
    expect(text.stdout).toContain('TAP_SAMPLE_<SETTING>');
    for (const { code, stderr } of [json, markdown, text]) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });

  it.each([
    ['an unknown option', ['--confg', 'x'], 'Unknown argument: confg'],
    ['an unknown command', ['shut'], 'Unknown argument: shut'],
    ['an option without its value', ['--config'], 'config'],
    ['an unknown subcommand', ['box', 'shut'], 'Unknown argument: shut'],
    ['a missing subcommand', ['box'], 'box needs a subcommand'],
    ['a missing argument', ['box', 'open'], 'Not enough non-option arguments'],
    ['an unknown format', ['--about', '--format', 'xml'], 'format'],
  ])('refuses %s with exit code 2', async (_case, args, reason) => {
    const { code, stdout, stderr } = await sample(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).toContain('tap-sample --help');
  });

  it.each([
    [['box', 'list'], 'box list undefined\n'],
    [['box', 'open', 'red'], 'box open red\n'],
  ])('accepts the subcommand %j', async (args, expected) => {
    expect(await sample(args)).toMatchObject(succeeded(expected));
  });

  it('logs one sentence and exits with 1 for an input error', async () => {
    const { code, stderr } = await sample(['input']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\S+ CRITICAL line 3, stream "s": it is bad: fix it\.\n$/);
  });

  it('shows the message of an unexpected error only when debugging', async () => {
    const { code, stderr } = await sample(['bug']);
    expect(code).toBe(1);
    expect(stderr).toContain('An unexpected error (TypeError) ended the run');
    expect(stderr).not.toContain('secret');
    const debugging = await sample(['bug'], { env: { TAP_SAMPLE_LOGLEVEL: 'debug' } });
    expect(debugging.stderr).toContain('sample-program.ts');
  });
});

describe('terminationSignal', () => {
  const incomplete =
    'stopped the run, so the copy is incomplete; the next run continues from the last';

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends a program that is waiting for input on %s with %s', async (name, expected) => {
    const child = startSample('listen');
    await once(child.stderr, 'data');
    child.kill(name);
    const { code, stderr } = await ended(child);
    expect(code).toBe(expected);
    expect(stderr).toContain(`WARNING ${name} ${incomplete}`);
  });

  it('ends a program that does not react to the signal within the limit', async () => {
    const child = startSample('hang');
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    const { code, stderr } = await ended(child);
    expect(code).toBe(143);
    expect(stderr).toContain(`WARNING SIGTERM ${incomplete}`);
  });

  it('ends a program with the exit code of the signal even if its reader has gone', async () => {
    const child = startSample('listen');
    await once(child.stderr, 'data');
    child.stdout.destroy();
    child.kill('SIGINT');
    child.stdin.write('x');
    expect((await ended(child)).code).toBe(130);
  });

  it('ends the program at once, with the usual exit code, on a second signal', async () => {
    const child = startSample('hang', 'forever');
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await until(() => stderr.includes('hanging'));
    child.kill('SIGTERM');
    await until(() => stderr.includes('aborted'));
    child.kill('SIGINT');
    expect((await ended(child)).code).toBe(130);
  });
});

describe('stdinBytes', () => {
  it('reads all lines of a pipe', async () => {
    const { stdout } = await sample(['count'], { input: 'a line\n'.repeat(100_000) });
    expect(stdout).toBe('100000\n');
  });

  it('empties the pipe while the program is busy, without losing a byte', async () => {
    const go = join(folder, 'go');
    const child = startSample('dawdle', go);
    // This is more than a pipe holds, but less than the ring holds.
    const written = once(child.stdin, 'finish');
    child.stdin.end(Buffer.alloc(3_000_000, 'x'));
    // The program blocks its thread until the file exists.
    await written;
    writeFileSync(go, '');
    expect((await ended(child)).stdout).toBe('3000000\n');
  });

  it('reads more bytes than the ring holds', async () => {
    const { stdout } = await sample(['count'], { input: `${'x'.repeat(1_000_000)}\n`.repeat(20) });
    expect(stdout).toBe('20\n');
  });
});

describe('stdoutOutput', () => {
  it('does not block the program while its reader is slow', async () => {
    const child = startSample('flood');
    let ticks = 0;
    child.stderr.on('data', (chunk: Buffer) => {
      ticks += chunk.toString().split('tick').length - 1;
    });
    await until(() => ticks >= 5);
    const { code, stdout } = await ended(child);
    expect({ code, bytes: stdout.length }).toEqual({ code: 0, bytes: 200 * 65_536 });
  });

  it('ends the program with exit code 1 and without a message when the reader closes the pipe', async () => {
    const child = startSample('flood');
    child.stdout.once('data', () => child.stdout.destroy());
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr.replaceAll(/.* tick\n/g, '')).toBe('');
  });
});
