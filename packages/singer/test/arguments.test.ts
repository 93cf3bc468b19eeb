import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  parseOptionsOnly,
  parseWithYargs,
  type CommandLine,
} from '../src/command-line/arguments.ts';
import { runProgram, type Arguments, type Program } from '../src/index.ts';

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

/** Returns what the handler receives, or undefined if it is not called. */
async function received(argv: readonly string[]): Promise<Arguments | undefined> {
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

describe('runProgram', () => {
  it.each<[string, string[], Partial<Arguments>]>([
    ['no arguments', [], { command: [], config: [], values: { format: 'text' } }],
    [
      'several --config values, in order',
      ['--config', 'a.json', '--config=ENV'],
      { config: ['a.json', 'ENV'] },
    ],
    ['a flag', ['--discover', '--config', 'a.json'], { values: { discover: true } }],
    ['a negated flag', ['--no-discover'], { values: { discover: false } }],
    ['a flag with a value', ['--discover=false'], { values: { discover: false } }],
    ['a value after a space', ['--catalog', 'c.json'], { values: { catalog: 'c.json' } }],
    ['a value after an equals sign', ['--catalog=c.json'], { values: { catalog: 'c.json' } }],
    ['an alias', ['--properties', 'c.json'], { values: { catalog: 'c.json' } }],
    ['a value that begins with a dash', ['--catalog=-c'], { values: { catalog: '-c' } }],
    [
      'the last value of a repeated option',
      ['--catalog=a.json', '--catalog=b.json'],
      { values: { catalog: 'b.json' } },
    ],
    [
      'the last value of a repeated command option',
      ['doctor', '--format=json', '--format=text'],
      { values: { format: 'text' } },
    ],
    ['an option whose value is optional', ['--test'], { values: { test: 'all' } }],
    [
      'a command with options',
      ['doctor', '--config', 'a.json', '--format', 'json'],
      { command: ['doctor'], config: ['a.json'], values: { format: 'json' } },
    ],
  ])('passes %s to the handler', async (_case, argv, expected) => {
    expect(await received(argv)).toMatchObject(expected);
  });

  it.each([
    ['an unknown option', ['--discovery'], 'discovery'],
    ['an option without its value', ['--catalog'], 'catalog'],
    ['an option where a value is expected', ['--config', '--discover'], 'config'],
    ['an unknown choice', ['--format', 'yaml'], '"yaml"'],
    ['an unknown command', ['discover'], 'discover'],
  ])('refuses %s with exit code 2', async (_case, argv, named) => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await received(argv)).toBeUndefined();
    expect(String(stderr.mock.calls[0]?.[0])).toContain(named);
    expect(process.exitCode).toBe(2);
  });
});

describe('parseOptionsOnly', () => {
  const words = [
    ...['--config', '--config=a.json', 'a.json', 'ENV', '--discover', '--no-discover'],
    ...['--discover=false', '--catalog', '--catalog=', '--catalog=-c', '--properties', '--test'],
    ...['--format', '--format=json', 'json', '--about', '--', '-', '', 'doctor', '--help', '-c'],
  ];

  it('returns the same values as yargs unless it returns undefined', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 5 }), async (argv) => {
        const quick = parseOptionsOnly(argv, commandLine);
        if (!quick) return;
        compared += 1;
        const { values } = await parseWithYargs(program, argv, commandLine);
        for (const [name, value] of Object.entries(quick)) expect(values[name]).toEqual(value);
        const others = Object.keys(values).filter((name) => !Object.hasOwn(quick, name));
        expect(others.filter((name) => !['$0', 'properties'].includes(name))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(compared).toBeGreaterThan(50);
  });
});
