import { afterEach, describe, expect, it, vi } from 'vitest';
import { runProgram, type Arguments, type CommandLine, type Program } from '../src/index.ts';

const program: Program = {
  name: 'tap-sample',
  version: '1.2.3',
  description: 'A sample.',
  capabilities: [],
  settings: { type: 'object', properties: {} },
};
const commandLine: CommandLine = {
  options: {
    discover: { type: 'boolean' },
    catalog: { type: 'string', requiresArg: true, alias: 'properties' },
    test: { type: 'string', coerce: (given: string) => (given === '' ? 'all' : given) },
  },
  commands: [{ command: 'doctor', describe: 'Look' }],
};

/** @returns what the program is told to do; undefined where it is not run */
async function told(argv: readonly string[]): Promise<Arguments | undefined> {
  let seen: Arguments | undefined;
  await runProgram(program, argv, commandLine, (args) => {
    seen = args;
    return Promise.resolve();
  });
  return seen;
}

afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

describe('arguments', () => {
  it.each<[string, string[], Partial<Arguments>]>([
    ['none', [], { command: [], config: [], values: { format: 'text' } }],
    [
      'settings from several places, in order',
      ['--config', 'a.json', '--config=ENV'],
      { config: ['a.json', 'ENV'] },
    ],
    ['a flag', ['--discover', '--config', 'a.json'], { values: { discover: true } }],
    ['a flag that is denied', ['--no-discover'], { values: { discover: false } }],
    ['a flag with a value', ['--discover=false'], { values: { discover: false } }],
    ['a value behind a space', ['--catalog', 'c.json'], { values: { catalog: 'c.json' } }],
    ['a value behind a sign', ['--catalog=c.json'], { values: { catalog: 'c.json' } }],
    ['another name', ['--properties', 'c.json'], { values: { catalog: 'c.json' } }],
    ['a value that begins with a dash', ['--catalog=-c'], { values: { catalog: '-c' } }],
    ['an option without its value', ['--test'], { values: { test: 'all' } }],
    [
      'a command with its options',
      ['doctor', '--config', 'a.json', '--format', 'json'],
      { command: ['doctor'], config: ['a.json'], values: { format: 'json' } },
    ],
  ])('%s', async (_case, argv, expected) => {
    expect(await told(argv)).toMatchObject(expected);
  });

  it.each([
    ['an unknown option', ['--discovery'], 'discovery'],
    ['an option without its value', ['--catalog'], 'catalog'],
    ['an option with an option for its value', ['--config', '--discover'], 'config'],
    ['a choice that there is not', ['--format', 'yaml'], '"yaml"'],
    ['an unknown word', ['discover'], 'discover'],
  ])('%s is refused', async (_case, argv, named) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await told(argv)).toBeUndefined();
    expect(String(stderr.mock.calls[0]?.[0])).toContain(named);
    expect(process.exitCode).toBe(2);
  });
});
