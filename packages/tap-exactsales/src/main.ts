import {
  print,
  readCatalog,
  readState,
  resolveSettings,
  runProgram,
  SettingsError,
  type Arguments,
} from '@exact-spotter/singer';
import { discover } from './discover.ts';
import { program } from './program.ts';
import { select } from './select.ts';
import { checkSettings, type TapSettings } from './settings.ts';
import { parseState, State } from './state.ts';

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
  await runProgram(program, argv, commandLine, run);
}

async function run(args: Arguments): Promise<void> {
  if (args.command[0] === 'doctor') return doctor(args);
  const { config, values } = args;
  const known = discover();
  if (values['discover'] === true) return print(`${JSON.stringify(known, null, 2)}\n`);
  const settings = await readSettings(config);
  const [catalogFile, stateFile] = [path(values['catalog']), path(values['state'])];
  const catalog = catalogFile === undefined ? known : await readCatalog(catalogFile);
  const state =
    stateFile === undefined ? new State() : parseState(await readState(stateFile), stateFile);
  const selected = select(catalog, known);
  const { test } = values;
  if (test !== undefined) return runTest(test === 'schema', settings, selected, state);
  const { runSync } = await import('./run.ts');
  await runSync(settings, selected, state);
}

async function runTest(
  wantsSchemas: boolean,
  ...run: [TapSettings, ReturnType<typeof select>, State]
): Promise<void> {
  const { testStreams, writeSchemas } = await import('./test-run.ts');
  const [, selected, state] = run;
  await (wantsSchemas ? writeSchemas(selected, state) : testStreams(...run));
}

async function doctor({ config, values }: Arguments): Promise<void> {
  const { format } = values;
  if (format !== 'text' && format !== 'json') {
    throw new SettingsError(['The doctor reports in --format text or json.']);
  }
  const settings = await readSettings(config);
  const { runDoctor } = await import('./doctor/doctor.ts');
  await runDoctor(settings, format);
}

function readSettings(config: readonly string[]): Promise<TapSettings> {
  return resolveSettings<TapSettings>(program, config, process.env, checkSettings);
}

function path(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
