import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Argv, Options } from 'yargs';
import { ABOUT_FORMATS } from './about.ts';
import { SettingsError } from './errors.ts';
import type { Program } from './settings.ts';

/** An option of the command line, as yargs has it. */
export type Option = Options;

/** A command beside the bare run, e.g. `quarantine export <file>`. */
export interface Command {
  readonly command: string;
  readonly describe: string;
  readonly options?: Readonly<Record<string, Option>>;
}

export interface CommandLine {
  readonly options?: Readonly<Record<string, Option>>;
  readonly commands?: readonly Command[];
}

export interface ParsedArguments {
  /** What yargs would print: help or version. */
  readonly output: string;
  readonly values: { readonly _: readonly (string | number)[]; readonly [name: string]: unknown };
}

/**
 * Reads the command line with yargs, or with Node's own parser if that is enough.
 *
 * There are two parsers because Meltano starts a program two or three times a run, and loading
 * yargs takes 60 ms where the rest of a start takes 90. Node's parser gets only what it certainly
 * reads as yargs does; a test compares the two.
 * @throws SettingsError naming what is wrong
 */
export async function parseArguments(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
): Promise<ParsedArguments> {
  const values = parseOptionsOnly(argv, commandLine);
  return values ? { output: '', values } : parseWithYargs(program, argv, commandLine);
}

/**
 * The arguments of a bare run, read by Node's own parser.
 * @returns undefined for whatever is not plainly right, be it a command, the help or a fault: for
 * that yargs has the words
 */
export function parseOptionsOnly(
  argv: readonly string[],
  { options }: CommandLine,
): ParsedArguments['values'] | undefined {
  const usual = Object.entries<Option>({ ...commonOptions, ...options }).filter(
    ([, { coerce }]) => coerce === undefined,
  );
  const given = parse(argv, usual);
  if (!given || !usual.every(([name, option]) => isRight(given[name], option))) return undefined;
  const defaults = usual.map(([name, option]) => [name, option.default as unknown] as const);
  return {
    _: [],
    ...Object.fromEntries(defaults.filter(([, value]) => value !== undefined)),
    ...given,
  };
}

function parse(
  argv: readonly string[],
  options: readonly (readonly [string, Option])[],
): Readonly<Record<string, unknown>> | undefined {
  const config: ParseArgsOptionsConfig = {};
  for (const [name, { type, array = false }] of options) {
    config[name] = { type: type === 'boolean' ? 'boolean' : 'string', multiple: array };
  }
  try {
    return parseArgs({ args: [...argv], options: config }).values;
  } catch {
    return undefined;
  }
}

function isRight(value: unknown, { choices }: Option): boolean {
  if (value === undefined) return true;
  if ([value].flat().includes('')) return false;
  return choices === undefined || choices.some((choice) => choice === value);
}

/** Reads any command line: commands, the help, and what is wrong. */
export async function parseWithYargs(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
): Promise<ParsedArguments> {
  const { default: yargs } = await import('yargs');
  const parser = describe(yargs([]), program, commandLine);
  // `meltano invoke NAME -- OPTIONS` hands its dashes on: what stands behind them is meant all the same.
  const words = argv.filter((word) => word !== '--');
  return new Promise((resolve, reject) => {
    void parser.parse(words, {}, (fault, values, output) => {
      if (fault) reject(new SettingsError([usageFault(program, fault)], { cause: fault }));
      else resolve({ output, values });
    });
  });
}

function usageFault({ name }: Program, { message }: Error): string {
  return `${message.trim().replace(/\.$/, '')}: see ${name} --help.`;
}

function describe(parser: Argv, program: Program, { options, commands = [] }: CommandLine): Argv {
  parser
    .scriptName(program.name)
    .usage(`$0 [--config FILE|ENV]...\n\n${program.description}`)
    .version(versionText(program).trim())
    .options({ ...commonOptions, ...options })
    .strict()
    .exitProcess(false)
    .wrap(100)
    .locale('en');
  addCommands(parser, commands);
  return parser;
}

/** A command of several words stands below one of its first word. */
function addCommands(parser: Argv, commands: readonly Command[]): void {
  const below = Map.groupBy(commands, ({ command }) => wordsOf(command)[0] ?? '');
  for (const [word, named] of below) {
    const [first] = named;
    if (first && wordsOf(first.command).length === 1) {
      parser.command(first.command, first.describe, { ...first.options });
      continue;
    }
    const inner = named.map((one) => ({ ...one, command: one.command.slice(word.length + 1) }));
    const describe = inner.map(({ command }) => command).join(', ');
    parser.command(word, describe, (group) => {
      addCommands(group.demandCommand(1, `${word} needs one more word`), inner);
    });
  }
}

/** The words that name a command, without its arguments: `<file>`, `[file]`. */
function wordsOf(command: string): string[] {
  return command.split(' ').filter((word) => /^\w/.test(word));
}

const commonOptions: Record<string, Option> = {
  config: {
    type: 'string',
    array: true,
    nargs: 1,
    requiresArg: true,
    describe:
      'A JSON file of settings; repeatable, the later wins. ENV: the environment, which wins over all',
  },
  about: { type: 'boolean', describe: 'Tell what the program can do and which settings it has' },
  format: { choices: ABOUT_FORMATS, default: 'text', describe: 'The form of --about' },
};

export function versionText({ name, version }: Program): string {
  return `${name} ${version}\n`;
}
