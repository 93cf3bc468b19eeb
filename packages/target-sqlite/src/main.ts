import { dirname, resolve } from 'node:path';
import {
  resolveSettings,
  runProgram,
  SettingsError,
  stdinBytes,
  stdoutOutput,
  terminationSignal,
  type Arguments,
  type CommandLine,
} from '@exact-spotter/singer';
import { program, type TargetSettings } from './settings.ts';

const commandLine: CommandLine = {
  options: {
    input: {
      type: 'string',
      requiresArg: true,
      describe: 'A file of Singer messages to read instead of the standard input',
    },
  },
  commands: [
    { command: 'state', describe: 'Print the last committed state as one line, for --state' },
    { command: 'runs', describe: 'List the runs: when, how each ended, rows, bytes, seconds' },
    { command: 'quarantine list', describe: 'List the records that were kept aside, and why' },
    {
      command: 'quarantine export <file>',
      describe: 'Write the records that were kept aside to a file, as Singer lines',
    },
    {
      command: 'quarantine replay',
      describe: 'Load the records that were kept aside again, after the cause is gone',
    },
    {
      command: 'verify',
      describe: 'Check the file, the rows of the last run, and the declared relationships',
    },
  ],
};

type Command = (settings: TargetSettings, values: Arguments['values']) => Promise<void>;

/** What each command does; the bare run loads. Each is read from disk when it is asked for. */
const commands: Readonly<Record<string, Command>> = {
  state: async (settings) => (await import('./commands/state.ts')).printState(settings),
  runs: async (settings, { format }) =>
    (await import('./commands/runs.ts')).printRuns(settings, format === 'json'),
  'quarantine list': async (settings) =>
    (await import('./commands/quarantine.ts')).listQuarantine(settings),
  'quarantine export': async (settings, { file }) =>
    (await import('./commands/quarantine.ts')).exportQuarantine(settings, String(file)),
  'quarantine replay': async (settings) =>
    (await import('./commands/replay.ts')).replayQuarantine(settings),
  verify: async (settings) => (await import('./commands/verify.ts')).verify(settings),
};

/** @param argv the command line without the programs' names */
export async function main(argv: readonly string[]): Promise<void> {
  await runProgram(program, argv, commandLine, run);
}

async function run(args: Arguments): Promise<void> {
  const settings = await resolveSettings<TargetSettings>(program, args.config, process.env);
  const command = commands[args.command.join(' ')];
  if (command) return command(settings, args.values);
  const { load } = await import('./load.ts');
  const stop = terminationSignal();
  const over = new AbortController();
  const input = args.values['input'];
  try {
    await load(settings, {
      input:
        typeof input === 'string'
          ? await fileBytes(input)
          : stdinBytes(AbortSignal.any([stop, over.signal])),
      batchFolders: folders(args.config),
      output: stdoutOutput(),
      stop,
    });
  } finally {
    // A run that failed reads no more: whoever still writes hears of it, and no thread waits on.
    over.abort();
  }
}

/** Where the settings files lie; the working directory where there are none. */
function folders(sources: readonly string[]): string[] {
  const files = sources.filter((source) => source !== 'ENV');
  return files.length === 0 ? [process.cwd()] : files.map((file) => dirname(resolve(file)));
}

/** @throws SettingsError before anything is made, for a file that cannot be read */
async function fileBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  const { open } = await import('node:fs/promises');
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory())
      return file.createReadStream({ highWaterMark: 1024 * 1024 });
    await file.close();
  } catch (cause) {
    throw new SettingsError(
      [`The file ${path} of --input cannot be read: check the path and the permissions.`],
      { cause },
    );
  }
  throw new SettingsError([`The file ${path} of --input is a folder: name a file.`]);
}
