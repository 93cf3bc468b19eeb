import { about, type AboutFormat } from './about.ts';
import { parseArguments, versionText, type CommandLine } from './arguments.ts';
import { OutputClosedError, ProgramError, SettingsError, StoppedError } from '../errors.ts';
import { configureLog, isDebugging, log, writeLog } from '../log.ts';
import type { Program } from './resolve-settings.ts';
import { stdoutOutput } from '../stdio/stdio.ts';

export interface Arguments {
  /** The words of the command, e.g. `["quarantine", "export"]`. Empty if there is no command. */
  readonly command: readonly string[];
  /** The values of `--config`, in order. */
  readonly config: readonly string[];
  /** Every other option and positional argument. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Executes a program: answers `--version`, `--help` and `--about`, and passes everything else to
 * `handler`. Logs an error that `handler` throws, and sets the exit code: 0 for success, 1 for
 * failure, 2 for wrong usage or settings, 130 or 143 for a run that a signal stopped.
 *
 * Only this file sets exit codes. The one exception is the `bin` files, which refuse an old Node
 * before any other code is loaded.
 */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
  handler: (args: Arguments) => Promise<void>,
): Promise<void> {
  try {
    await configureLog(program.name, process.env);
    if (argv.length === 1 && argv[0] === '--version') await print(versionText(program));
    else await dispatch(program, argv, commandLine, handler);
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function dispatch(
  program: Program,
  argv: readonly string[],
  commandLine: CommandLine,
  handler: (args: Arguments) => Promise<void>,
): Promise<void> {
  const { output, values } = await parseArguments(program, argv, commandLine);
  if (output !== '') return print(`${output}\n`);
  const { _: words, config, about: wantsAbout, ...rest } = values;
  if (wantsAbout === true) return print(about(program, rest['format'] as AboutFormat));
  await handler({
    command: words.map(String),
    config: (config as string[] | undefined) ?? [],
    values: Object.fromEntries(Object.entries(rest).filter(([name]) => name !== '$0')),
  });
}

/** Writes text to stdout and waits until it has been written. */
export async function print(text: string): Promise<void> {
  const output = stdoutOutput();
  await output.write(text);
  await output.flush();
}

/** Logs an error. @returns the exit code */
function report(error: unknown): ProgramError['exitCode'] {
  // Ctrl+C ends both programs of a pipe, so the reader may be gone when this program ends.
  if (error instanceof StoppedError || (stopped && error instanceof OutputClosedError)) {
    const { message, exitCode } = stopped ?? (error as StoppedError);
    log.warning(message);
    return exitCode;
  }
  if (error instanceof OutputClosedError) {
    log.debug(error.message);
    return error.exitCode;
  }
  const problems = error instanceof SettingsError ? error.problems : [sentence(error)];
  const details = error instanceof Error ? { error } : {};
  for (const problem of problems) writeLog('critical', problem, details);
  if (isDebugging() && error instanceof Error) log.debug(error.stack ?? error.message);
  return error instanceof ProgramError ? error.exitCode : 1;
}

/**
 * Returns the sentence to log. For an unexpected error, the sentence names only the kind of error,
 * since the error's own message may quote data.
 */
function sentence(error: unknown): string {
  if (error instanceof ProgramError) return error.message;
  const kind = error instanceof Error ? error.name : typeof error;
  return `An unexpected error (${kind}) ended the run: start the program again with LOGLEVEL=debug to see where the error occurred.`;
}

/** Set once a signal has been received. */
let stopped: StoppedError | undefined;

/**
 * Returns a signal that aborts on the first SIGTERM or SIGINT, so that the run can end gracefully. The
 * run must then throw the signal's reason, a {@link StoppedError}. A second signal ends the process at
 * once.
 * @param within milliseconds after which the process exits even if it has not finished (default: no
 * limit)
 */
export function terminationSignal(within?: number): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      const error = new StoppedError(name);
      if (stopped) process.exit(error.exitCode);
      stopped = error;
      if (within !== undefined) setTimeout(exitStopped, within, error).unref();
      controller.abort(error);
    });
  }
  return controller.signal;
}

function exitStopped(error: StoppedError): void {
  process.exit(report(error));
}
