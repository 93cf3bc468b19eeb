import { runProgram } from '@exact-spotter/singer';
import { program } from './program.ts';

const commandLine = {
  options: {
    discover: { type: 'boolean', describe: 'Print the catalog and end' },
    catalog: {
      type: 'string',
      requiresArg: true,
      alias: 'properties',
      describe: 'A catalog with the streams and columns that are wanted; all without it',
    },
    state: { type: 'string', requiresArg: true, describe: 'The state of an earlier run' },
    test: {
      type: 'string',
      choices: ['all', 'schema'],
      coerce: (given: string) => (given === '' ? 'all' : given),
      describe: 'Print one record of each stream at most (all), or the schemas alone (schema)',
    },
  },
  commands: [
    {
      command: 'doctor',
      describe: 'Tell, set by set, what the API does on this account (--format text or json)',
    },
  ],
} as const;

/** The program, from its arguments to its exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  await runProgram(program, argv, commandLine, async (args) => {
    // Not read from disk for what the outermost step answers itself.
    const { run } = await import('./commands.ts');
    await run(args);
  });
}
