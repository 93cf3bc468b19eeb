import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'program-'));
const program = join(import.meta.dirname, 'sample-program.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Record<string, string>;
  readonly input?: string;
}

async function run(
  args: readonly string[],
  { env = {}, input = '' }: RunOptions = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return {
    code,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

function settingsFile(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const good = settingsFile('good.json', '{"api_token": "canary", "past_days": 1}');

describe('settings', () => {
  it.each<[string, string[], Record<string, string>, object]>([
    [
      'a file, and defaults',
      ['--config', good],
      {},
      { past_days: 1, deep: false, api_token: 'canary' },
    ],
    [
      'the later file wins',
      ['--config', good, '--config', settingsFile('later.json', '{"past_days": 2, "deep": null}')],
      {},
      { past_days: 2, deep: false, api_token: 'canary' },
    ],
    [
      'the environment wins over files, cast by type',
      ['--config', 'ENV', '--config', good],
      { TAP_SAMPLE_PAST_DAYS: '7', TAP_SAMPLE_DEEP: 'true', TAP_SAMPLE_NAMES: '["a"]' },
      { past_days: 7, deep: true, api_token: 'canary', names: ['a'] },
    ],
    [
      'numbers may come as text, as Meltano has them from its own environment',
      ['--config', settingsFile('text.json', '{"api_token": "12", "past_days": "3"}')],
      {},
      { past_days: 3, deep: false, api_token: '12' },
    ],
    [
      'the environment is not read unasked',
      ['--config', good],
      { TAP_SAMPLE_PAST_DAYS: '7' },
      { past_days: 1, deep: false, api_token: 'canary' },
    ],
  ])('%s', async (_name, args, env, expected) => {
    const { code, stdout } = await run(args, { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(expected);
  });

  it('lists every fault at once, exits 2 and shows no value', async () => {
    const bad = settingsFile(
      'bad.json',
      '{"api_tokn": "canary", "past_days": "canary", "deep": 3, "label": ""}',
    );
    const { code, stdout, stderr } = await run(['--config', bad]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Unknown setting "api_tokn": did you mean "api_token"?');
    expect(stderr).toContain('The setting "past_days" must be integer.');
    expect(stderr).toContain('The setting "deep" must be boolean.');
    expect(stderr).toContain('The setting "label" must not be empty.');
    expect(stderr).toContain(
      'The setting "api_token" is required: put it in the file given with --config, or in TAP_SAMPLE_API_TOKEN with --config=ENV.',
    );
    expect(stderr).not.toContain('canary');
  });

  it('warns about a setting of somebody else, and goes on', async () => {
    const foreign = settingsFile('foreign.json', '{"api_token": "x", "warehouse_host": "canary"}');
    const { code, stderr } = await run(['--config', foreign]);
    expect(code).toBe(0);
    expect(stderr).toContain('The setting "warehouse_host" is not known here and has no effect.');
    expect(stderr).not.toContain('canary');
  });

  it.each([
    ['no file', join(folder, 'absent.json'), 'cannot be read (ENOENT)'],
    ['no JSON', settingsFile('broken.json', '{"api_token": canary}'), 'is not valid JSON'],
    ['an empty file', settingsFile('empty.json', '\n'), 'is empty: see why'],
    [
      'several values',
      settingsFile('two.json', '{"api_token": "canary"}\n{}\n'),
      'it must hold one JSON value',
    ],
    ['no object', settingsFile('list.json', '["canary"]'), 'must hold a JSON object'],
  ])('refuses %s', async (_name, path, reason) => {
    const { code, stderr } = await run(['--config', path]);
    expect(code).toBe(2);
    expect(stderr).toContain(path);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('canary');
  });
});

describe('the log', () => {
  const structured = settingsFile(
    'log.json',
    JSON.stringify({
      version: 1,
      formatters: { structured: { '()': 'singer_sdk.logging.StructuredFormatter' } },
      root: { level: 'WARNING' },
    }),
  );

  it('is one JSON object a line where Meltano asks for it', async () => {
    const { stderr } = await run(['input'], { env: { SINGER_SDK_LOG_CONFIG: structured } });
    expect(JSON.parse(stderr)).toEqual({
      level: 'critical',
      pid: expect.any(Number) as number,
      logger_name: 'tap-sample',
      ts: expect.closeTo(Date.now() / 1000, -2) as number,
      thread_name: 'main',
      app_name: 'tap-sample',
      stream_name: null,
      message: 'line 3, stream "s": it is bad: mend it.',
      extra: {},
      exception: {
        type: 'InputError',
        module: 'tap-sample',
        message: 'line 3, stream "s": it is bad: mend it.',
        traceback: [],
      },
    });
  });

  it.each([
    [
      'YAML',
      'formatters:\n  plain:\n    format: "%(message)s"\nroot:\n  level: INFO\n',
      {},
      'tick\n',
    ],
    ['the level of the file', '{"root":{"level":"CRITICAL"}}', {}, ''],
    [
      'the level of the program wins',
      '{"formatters":{"f":{"format":"%(message)s"}},"root":{"level":"CRITICAL"}}',
      { TAP_SAMPLE_LOGLEVEL: 'info' },
      'tick\n',
    ],
  ])('heeds %s', async (name, text, env, expected) => {
    const path = settingsFile(`${name}.config`, text);
    const { stderr } = await run(['tick'], { env: { SINGER_SDK_LOG_CONFIG: path, ...env } });
    expect(stderr).toBe(expected);
  });

  it('refuses a file that is neither JSON nor YAML', async () => {
    const path = settingsFile('log.txt', '{"root": canary');
    const { code, stderr } = await run(['tick'], { env: { SINGER_SDK_LOG_CONFIG: path } });
    expect(code).toBe(2);
    expect(stderr).toContain(`The file ${path}, which SINGER_SDK_LOG_CONFIG names, cannot be read`);
    expect(stderr).not.toContain('canary');
  });
});

describe('the command line', () => {
  it('tells its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: 'tap-sample 1.2.3\n', stderr: '' });
  });

  it('tells what it is, in three forms', async () => {
    const json = await run(['--about', '--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      name: 'tap-sample',
      version: '1.2.3',
      capabilities: ['about', 'state'],
      settings: { required: ['api_token'] },
    });
    const markdown = await run(['--about', '--format=markdown']);
    expect(markdown.stdout).toContain('| `past_days` | integer | 30 | How far back. |');
    // As `meltano invoke NAME -- --about` hands it on.
    const text = await run(['--config', good, '--', '--about']);
    expect(text.stdout).toContain('TAP_SAMPLE_<SETTING>');
    for (const { code, stderr } of [json, markdown, text])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.each([
    ['an unknown option', ['--confg', 'x'], 'Unknown argument: confg'],
    ['an unknown command', ['count', 'more'], 'Unknown argument: more'],
    ['an option without its value', ['--config'], 'config'],
    ['an unknown second word', ['box', 'shut'], 'Unknown argument: shut'],
    ['a second word that is missing', ['box'], 'box needs one more word'],
    ['an argument that is missing', ['box', 'open'], 'Not enough non-option arguments'],
    ['an unknown form', ['--about', '--format', 'xml'], 'format'],
  ])('refuses %s with 2', async (_name, args, reason) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(stderr).toContain('tap-sample --help');
  });

  it.each([
    [['box', 'list'], 'box list undefined\n'],
    [['box', 'open', 'red'], 'box open red\n'],
  ])('takes a command of two words: %j', async (args, expected) => {
    expect(await run(args)).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  it('says one sentence for a fault of the input, and 1', async () => {
    const { code, stderr } = await run(['input']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\S+ CRITICAL line 3, stream "s": it is bad: mend it\.\n$/);
  });

  it('keeps the message of a fault nobody foresaw to itself, unless debugging', async () => {
    const { code, stderr } = await run(['bug']);
    expect(code).toBe(1);
    expect(stderr).toContain('An unexpected fault (TypeError) ended the run');
    expect(stderr).not.toContain('secret');
    const debugging = await run(['bug'], { env: { TAP_SAMPLE_LOGLEVEL: 'debug' } });
    expect(debugging.stderr).toContain('sample-program.ts');
  });
});

describe('the standard streams', () => {
  it('reads all lines of a pipe', async () => {
    const { stdout } = await run(['count'], { input: 'a line\n'.repeat(100_000) });
    expect(stdout).toBe('100000\n');
  });

  it('empties the pipe while the program is busy, and loses no byte of it', async () => {
    const child = spawn(process.execPath, [program, 'dawdle']);
    const stdout: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    // More than a pipe holds, less than the ring: the writer is done long before the reader.
    const written = once(child.stdin, 'finish');
    child.stdin.end(Buffer.alloc(3_000_000, 'x'));
    const start = performance.now();
    await written;
    const writing = performance.now() - start;
    await once(child, 'close');
    expect(Buffer.concat(stdout).toString()).toBe('3000000\n');
    expect(writing).toBeLessThan((performance.now() - start) / 2);
  });

  it('reads more than its ring holds', async () => {
    const { stdout } = await run(['count'], { input: `${'x'.repeat(1_000_000)}\n`.repeat(20) });
    expect(stdout).toBe('20\n');
  });

  it('lets go of an input that goes on when it is told to stop', async () => {
    const child = spawn(process.execPath, [program, 'listen']);
    await once(child.stderr, 'data');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
  });

  it('does not stop the program while the reader is slow', async () => {
    const child = spawn(process.execPath, [program, 'flood']);
    let ticks = 0;
    child.stderr.on(
      'data',
      (chunk: Buffer) => (ticks += chunk.toString().split('tick').length - 1),
    );
    while (ticks < 5) await wait(20);
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, bytes }).toEqual({ code: 0, bytes: 200 * 65_536 });
  });

  it('ends quietly when the reader goes', async () => {
    const child = spawn(process.execPath, [program, 'flood']);
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(1);
    expect(
      Buffer.concat(stderr)
        .toString()
        .replaceAll(/.* tick\n/g, ''),
    ).toBe('');
  });
});
