import { about, type AboutFormat } from './about.ts';
import { parseArguments, versionText, type CommandLine } from './arguments.ts';
import { OutputClosedError, ProgramError, SettingsError } from './errors.ts';
import { configureLog, isDebugging, log, writeLog } from './log.ts';
import type { Program } from './settings.ts';
import { stdoutOutput } from './stdio/stdio.ts';

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
  const { output, values } = await parseArguments(program, argv, commandLine);
  if (output !== '') return print(`${output}\n`);
  const { _: words, config, about: wantsAbout, ...rest } = values;
  if (wantsAbout === true) return print(about(program, rest['format'] as AboutFormat));
  await run({
    command: words.map(String),
    config: (config as string[] | undefined) ?? [],
    values: Object.fromEntries(Object.entries(rest).filter(([name]) => name !== '$0')),
  });
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

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Aborts on the first SIGTERM or SIGINT, so that the run can end in order; a second one ends the
 * process at once, with the shell's usual code.
 * @param within milliseconds that the orderly end may take: then the process ends as it is, with 0
 */
export function terminationSignal(within?: number): AbortSignal {
  const controller = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(code);
      if (within !== undefined) setTimeout(() => process.exit(0), within).unref();
      controller.abort(name);
    });
  }
  return controller.signal;
}
