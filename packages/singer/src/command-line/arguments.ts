import { parseArgs } from 'node:util';
import type { Argv, Options } from 'yargs';
import { ABOUT_FORMATS } from './about.ts';
import { SettingsError } from '../errors.ts';
import type { Program } from './resolve-settings.ts';

/** An option, as yargs describes it. */
export type Option = Options;

/** A command, e.g. `quarantine export <file>`. */
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
  /** The help or version text to print; empty if neither was requested. */
  readonly output: string;
  readonly values: { readonly _: readonly (string | number)[]; readonly [name: string]: unknown };
}

/**
 * Parses the command line with Node's parser if that parser can handle it, and with yargs
 * otherwise.
 *
 * There are two parsers because Meltano starts a program two or three times per run, and loading
 * yargs takes 60 ms, which is longer than Node takes to start. Node's parser handles options
 * without a command; a test proves that yargs returns the same values. yargs handles help, commands
 * and errors.
 * @throws SettingsError if the arguments are invalid
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
 * Parses options with Node's parser.
 * @returns undefined if the command line contains a command, `--help` or an error
 */
export function parseOptionsOnly(
  argv: readonly string[],
  { options }: CommandLine,
): ParsedArguments['values'] | undefined {
  const known = Object.entries<Option>({ ...commonOptions, ...options }).filter(
    ([, { coerce }]) => coerce === undefined,
  );
  const given = parse(argv, known);
  if (!given || !known.every(([name, option]) => areValid(given[name] ?? [], option))) {
    return undefined;
  }
  const values = known.flatMap(([name, { array, default: byDefault }]) => {
    const value: unknown = array === true ? given[name] : (given[name]?.at(-1) ?? byDefault);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { _: [], ...Object.fromEntries(values) };
}

/** Returns all values of each option. */
function parse(
  argv: readonly string[],
  options: readonly (readonly [string, Option])[],
): Readonly<Record<string, readonly (string | boolean)[] | undefined>> | undefined {
  const config = Object.fromEntries(
    options.map(([name, { type }]) => [
      name,
      { type: type === 'boolean' ? 'boolean' : 'string', multiple: true } as const,
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options: config }).values;
  } catch {
    return undefined;
  }
}

function areValid(values: readonly (string | boolean)[], { choices }: Option): boolean {
  // yargs accepts empty values and lone dashes only in some cases, so the decision is left to
  // yargs.
  if (values.includes('') || values.includes('-')) return false;
  return choices === undefined || values.every((value) => choices.includes(value as string));
}

/**
 * Parses any command line with yargs.
 * @throws SettingsError if the arguments are invalid
 */
export async function parseWithYargs(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
): Promise<ParsedArguments> {
  const { default: yargs } = await import('yargs');
  const parser = describe(yargs([]), program, commandLine);
  // `meltano invoke NAME -- OPTIONS` passes the `--` to the program, although options follow it.
  const words = argv.filter((word) => word !== '--');
  return new Promise((resolve, reject) => {
    void parser.parse(words, {}, (error, values, output) => {
      if (error) reject(new SettingsError([usageProblem(program, error)], { cause: error }));
      else resolve({ output, values: lastOfEach(values, commandLine) });
    });
  });
}

/** If an option is repeated but is not a list, keeps its last value, as Node's parser does. */
function lastOfEach(
  values: ParsedArguments['values'],
  { options, commands = [] }: CommandLine,
): ParsedArguments['values'] {
  const known = [commonOptions, options ?? {}, ...commands.map((one) => one.options ?? {})];
  const singles = known
    .flatMap((group) => Object.entries<Option>(group))
    .filter(([, { array }]) => array !== true)
    .flatMap(([name, { alias = [] }]) => [name, ...[alias].flat()]);
  const lastOnes = singles.flatMap((name) => {
    const value = values[name];
    return Array.isArray(value) ? [[name, value.at(-1) as unknown] as const] : [];
  });
  return { ...values, ...Object.fromEntries(lastOnes) };
}

function usageProblem({ name }: Program, { message }: Error): string {
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

/** Adds the commands. A command of several words becomes a subcommand of its first word. */
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
      addCommands(group.demandCommand(1, `${word} needs a subcommand`), inner);
    });
  }
}

/** Returns the words of a command, without its arguments (`<file>`, `[file]`). */
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
      'JSON file with settings, or ENV for environment variables. Repeatable; later files override earlier files, and ENV overrides every file',
  },
  about: { type: 'boolean', describe: 'Print the capabilities and settings of the program' },
  format: { choices: ABOUT_FORMATS, default: 'text', describe: 'Output format of --about' },
};

export function versionText({ name, version }: Program): string {
  return `${name} ${version}\n`;
}
