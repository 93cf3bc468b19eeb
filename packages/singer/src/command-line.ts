import type { Argv, Options } from 'yargs';
import { about, ABOUT_FORMATS, type AboutFormat } from './about.ts';
import { OutputClosedError, ProgramError, SettingsError } from './errors.ts';
import { configureLog, isDebugging, log, writeLog } from './log.ts';
import type { Program } from './program.ts';
import { stdoutOutput } from './stdio.ts';
import { usualArguments } from './usual-arguments.ts';

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

export interface Arguments {
  /** The words of the command, e.g. `["quarantine", "export"]`; empty for the bare run. */
  readonly command: readonly string[];
  /** The values of `--config`, in order. */
  readonly config: readonly string[];
  /** Every other option and positional argument. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * The outermost step of both programs: answers `--version`, `--help` and `--about` itself, hands
 * everything else to `run`, and turns what it throws into one sentence on the standard error and
 * the exit code (0 done, 1 failed, 2 wrong usage or settings).
 */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
  run: (args: Arguments) => Promise<void>,
): Promise<void> {
  try {
    await configureLog(program.name, process.env);
    if (argv.length === 1 && argv[0] === '--version') await print(versionText(program));
    else await dispatch(program, argv, commandLine, run);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function dispatch(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
  run: (args: Arguments) => Promise<void>,
): Promise<void> {
  const { output, values } = await parse(program, argv, commandLine);
  if (output !== '') return print(`${output}\n`);
  const { _: words, config, about: wantsAbout, ...rest } = values;
  if (wantsAbout === true) return print(about(program, rest['format'] as AboutFormat));
  await run({
    command: words.map(String),
    config: (config as string[] | undefined) ?? [],
    values: Object.fromEntries(Object.entries(rest).filter(([name]) => name !== '$0')),
  });
}

interface Parsed {
  /** What yargs would print: help or version. */
  readonly output: string;
  readonly values: { readonly _: readonly (string | number)[]; readonly [name: string]: unknown };
}

async function parse(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
): Promise<Parsed> {
  const usual = usualArguments(argv, { ...commonOptions, ...commandLine.options });
  if (usual) return { output: '', values: { _: [], ...usual } };
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

function versionText({ name, version }: Program): string {
  return `${name} ${version}\n`;
}

/** Writes text on the standard output, and waits until it has left. */
export async function print(text: string): Promise<void> {
  const output = stdoutOutput();
  await output.write(text);
  await output.flush();
}

/** @returns the exit code */
function report(error: unknown): 1 | 2 {
  if (error instanceof OutputClosedError) {
    log.debug(error.message);
    return error.exitCode;
  }
  const faults = error instanceof SettingsError ? error.faults : [sentence(error)];
  const details = error instanceof Error ? { error } : {};
  for (const fault of faults) writeLog('critical', fault, details);
  if (isDebugging() && error instanceof Error) log.debug(error.stack ?? error.message);
  return error instanceof ProgramError ? error.exitCode : 1;
}

/** A fault nobody foresaw has a message of its own, which may quote data: only its kind is told. */
function sentence(error: unknown): string {
  if (error instanceof ProgramError) return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return `An unexpected fault (${kind}) ended the run: start again with LOGLEVEL=debug to see where it came from.`;
}
