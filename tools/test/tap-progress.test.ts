import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { execute } from '@exact-spotter/testing';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

const TOKEN = 'canary-token';
const root = join(import.meta.dirname, '..', '..');
const bin = join(root, 'packages', 'tap-exactsales', 'bin', 'tap-exactsales.js');
const folder = mkdtempSync(join(tmpdir(), 'progress-'));
const [config, messages, logConfig] = ['tap.json', 'tap.jsonl', 'logging.json'].map((name) =>
  join(folder, name),
) as [string, string, string];
const hasTerminals = spawnSync('script', ['--version']).status === 0;
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({
    account: createAccount({ seed: 3, leads: 1200 }),
    token: TOKEN,
    behaviour: { latencyMs: 40 },
  });
  const settings = { api_token: TOKEN, api_url: simulator.url, quota_requests: 1000 };
  writeFileSync(config, JSON.stringify(settings));
  const structured = { '()': 'singer_sdk.logging.StructuredFormatter' };
  writeFileSync(logConfig, JSON.stringify({ formatters: { structured } }));
});

beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

/** Runs a shell command, optionally on a terminal with 100 columns. @returns its output */
async function shell(command: string, onTerminal: boolean): Promise<string> {
  const [program, args] = onTerminal
    ? ['script', ['-qec', `stty cols 100 rows 30; ${command}`, '/dev/null']]
    : ['sh', ['-c', command]];
  const env = { PATH: process.env['PATH'], TERM: 'xterm', HOME: folder, LANG: 'C.UTF-8' };
  const { stdout, stderr } = await execute(program, args, { env });
  return stdout + stderr;
}

function run(before = ''): string {
  return `${before} ${process.execPath} --conditions=@exact-spotter/source ${bin} --config ${config} >${messages}`;
}

const ESCAPE = '\u001B';
const TOKENS = new RegExp(`${ESCAPE}\\[(\\d*)[A-Za-z]|\\r|\\n|[^${ESCAPE}\\r\\n]+`, 'g');

/**
 * Returns the lines that a terminal shows after printing a text. The text may contain line ends and
 * four kinds of cursor movements.
 */
function screen(text: string): string[] {
  const lines = [''];
  let row = 0;
  let column = 0;
  for (const [token, digits] of text.matchAll(TOKENS)) {
    if (token === '\n') row += 1;
    else if (token === '\r' || token.endsWith('[G')) column = 0;
    else if (token.endsWith('[J')) lines.splice(row, Infinity, (lines[row] ?? '').slice(0, column));
    else if (token.startsWith(ESCAPE)) row -= Number(digits);
    else {
      const line = (lines[row] ?? '').padEnd(column);
      lines[row] = line.slice(0, column) + token + line.slice(column + token.length);
      column += token.length;
    }
  }
  return Array.from(lines, (line: string | undefined) => line ?? '').filter((line) => line !== '');
}

describe('the progress display on a terminal', () => {
  beforeEach(({ skip }) => {
    if (!hasTerminals) skip('the program script is not installed');
  });

  it('shows one line per stream, leaves complete log lines, and disappears at the end', async () => {
    // The display shows the rate of a read after one second.
    simulator.behave({ latencyMs: (set) => (set === 'LeadsAndPersons' ? 500 : 40) });
    const text = await shell(run(), true);
    expect(text).toMatch(/\nleads \+ leadspersons +(500|1,000) of 1,200 +(41|83) %/);
    expect(text).toMatch(/leads \+ leadspersons .* \d+ % +[\d,]+ rows\/s +\d:\d\d to go\r/);
    expect(text).toMatch(/\n9\d\d requests left within the rate limit/);
    expect(text.split(`${ESCAPE}[J2`)).toHaveLength(text.split(' INFO ').length);
    const left = screen(text);
    expect(left.filter((line) => line.includes('INFO leads: 1200 rows.'))).toHaveLength(1);
    expect(left.pop()).toMatch(/^\S+Z INFO The .* set the pace .* bounded_by=\w+$/);
    for (const line of left) expect(line).toMatch(/^\S+Z INFO \w+: \d+ rows\. stream=\w+$/);
    expect(readFileSync(messages, 'utf8')).not.toContain(ESCAPE);
  });

  it('does not break the lines of another program', async () => {
    simulator.behave({ latencyMs: 150 });
    const other = 'sh -c "while sleep 0.4; do echo another program speaks >&2; done" &';
    const text = await shell(`${other} ${run()}; kill $!`, true);
    const spoken = screen(text).filter((line) => line.includes('speaks'));
    expect(spoken.length).toBeGreaterThan(3);
    expect(spoken.filter((line) => !/^another program speaks$/.test(line))).toEqual([]);
  });

  it.each([
    ['the log is structured', `SINGER_SDK_LOG_CONFIG=${logConfig}`],
    ['only errors are logged', 'LOGLEVEL=ERROR'],
    ['the terminal has no cursor movements', 'TERM=dumb'],
  ])('is off when %s', async (_case, before) => {
    const text = await shell(run(before), true);
    expect(text).not.toContain(ESCAPE);
    expect(text).not.toContain('requests left');
  });

  it('is off when stdout is also the terminal', async () => {
    expect(await shell(run().replace(/>.*/, ''), true)).not.toContain(ESCAPE);
  });
});

it('the progress display is off when stderr is a pipe', async () => {
  const text = await shell(run(), false);
  expect(text).toContain('INFO leads: 1200 rows.');
  expect(text).not.toContain(ESCAPE);
  expect(text).not.toContain('requests left');
});
