import {
  resolveSettings,
  runProgram,
  stdinBytes,
  stdoutOutput,
  terminationSignal,
  type Arguments,
  type CommandLine,
} from '@exact-spotter/singer';
import { program, type TargetSettings } from './program.ts';

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
  ],
};

/** What each command does; the bare run loads. Each is read from disk when it is asked for. */
const commands: Readonly<Record<string, (settings: TargetSettings) => Promise<void>>> = {
  state: async (settings) => (await import('./commands/state.ts')).printState(settings),
};

/** @param argv the command line without the programs' names */
export async function main(argv: readonly string[]): Promise<void> {
  await runProgram(program, argv, commandLine, run);
}

async function run(args: Arguments): Promise<void> {
  const settings = await resolveSettings<TargetSettings>(program, args.config, process.env);
  const command = commands[args.command.join(' ')];
  if (command) return command(settings);
  const { load } = await import('./load.ts');
  const stop = terminationSignal();
  const input = args.values['input'];
  await load(settings, {
    input: typeof input === 'string' ? await fileBytes(input) : stdinBytes(stop),
    output: stdoutOutput(),
    stop,
  });
}

async function fileBytes(path: string): Promise<AsyncIterable<Uint8Array>> {
  const { createReadStream } = await import('node:fs');
  return createReadStream(path, { highWaterMark: 1024 * 1024 });
}
