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
      describe: 'Read Singer messages from this file instead of stdin',
    },
  },
  commands: [
    {
      command: 'state',
      describe: "Print the last committed state as one line, for the tap's --state",
    },
    { command: 'runs', describe: 'List the runs: start, outcome, rows, bytes, seconds' },
    {
      command: 'quarantine list',
      describe: 'List the quarantined records and what is wrong with them',
    },
    {
      command: 'quarantine export <file>',
      describe: 'Write the quarantined records to a file, as Singer messages',
    },
    {
      command: 'quarantine replay',
      describe: 'Load the quarantined records again after you have fixed what was wrong with them',
    },
    {
      command: 'verify',
      describe: 'Check the file, the rows of the last run and the declared relationships',
    },
  ],
};

type Command = (settings: TargetSettings, values: Arguments['values']) => Promise<void>;

/** Imports each command's module only when the command is executed, so that the program starts faster. */
const commands: Readonly<Record<string, Command>> = {
  state: async (settings) => (await import('./commands/show.ts')).printState(settings),
  runs: async (settings, { format }) =>
    (await import('./commands/show.ts')).printRuns(settings, format === 'json'),
  'quarantine list': async (settings) =>
    (await import('./commands/show.ts')).listQuarantine(settings),
  'quarantine export': async (settings, { file }) =>
    (await import('./commands/export-quarantine.ts')).exportQuarantine(settings, String(file)),
  'quarantine replay': async (settings) =>
    (await import('./commands/replay.ts')).replayQuarantine(settings),
  verify: async (settings) => (await import('./commands/verify.ts')).verify(settings),
};

/** @param argv the command-line arguments without the Node and program paths */
export async function main(argv: readonly string[]): Promise<void> {
  await runProgram(program, argv, commandLine, execute);
}

async function execute(args: Arguments): Promise<void> {
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
    // Closes stdin after a failure, so that the tap receives EPIPE and the reading thread ends.
    over.abort();
  }
}

/** Returns the folders of the settings files, or the working directory if there are no files. */
function folders(sources: readonly string[]): string[] {
  const files = sources.filter((source) => source !== 'ENV');
  return files.length === 0 ? [process.cwd()] : files.map((file) => dirname(resolve(file)));
}

/** @throws SettingsError if the file cannot be read, before the database is created */
async function fileBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  const { open } = await import('node:fs/promises');
  try {
    const file = await open(path);
    if (!(await file.stat()).isDirectory())
      return file.createReadStream({ highWaterMark: 1024 * 1024 });
    await file.close();
  } catch (cause) {
    throw new SettingsError(
      [`The --input file ${path} cannot be read: check the path and the permissions.`],
      { cause },
    );
  }
  throw new SettingsError([`The --input path ${path} is a folder: name a file.`]);
}
