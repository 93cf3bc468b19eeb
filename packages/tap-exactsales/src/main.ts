import {
  log,
  print,
  readCatalog,
  readState,
  resolveSettings,
  runProgram,
  SettingsError,
  terminationSignal,
  type Arguments,
} from '@exact-spotter/singer';
import { checkSettings, program, type TapSettings } from './settings.ts';

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
  await runProgram(program, argv, commandLine, (args) =>
    args.command[0] === 'doctor' ? doctor(args) : tap(args),
  );
}

// Each module below is imported where it is first needed: `--version` and `--help` load none of them.

async function tap({ config, values }: Arguments): Promise<void> {
  const { discover, select } = await import('./catalog.ts');
  const known = discover();
  if (values['discover'] === true) return print(`${JSON.stringify(known, null, 2)}\n`);
  const settings = await readSettings(config);
  const [catalogFile, stateFile] = [path(values['catalog']), path(values['state'])];
  const catalog = catalogFile === undefined ? known : await readCatalog(catalogFile);
  const { parseState, State } = await import('./plan/state.ts');
  const state =
    stateFile === undefined ? new State() : parseState(await readState(stateFile), stateFile);
  const selected = select(catalog, known);
  if (selected.size === 0) log.warning('The catalog selects no stream: there is nothing to read.');
  const { test } = values;
  if (test === undefined) {
    const { run } = await import('./run.ts');
    return run(settings, selected, state, boundedTermination());
  }
  const { writeSample, writeSchemas } = await import('./sample-run.ts');
  if (test === 'schema') return writeSchemas(settings, selected, state);
  await writeSample(settings, selected, state, boundedTermination());
}

async function doctor({ config, values }: Arguments): Promise<void> {
  const { format } = values;
  if (format !== 'text' && format !== 'json') {
    throw new SettingsError(['The doctor reports in --format text or json.']);
  }
  const settings = await readSettings(config);
  const { examineAccount } = await import('./doctor/doctor.ts');
  await examineAccount(settings, format);
}

function readSettings(config: readonly string[]): Promise<TapSettings> {
  return resolveSettings<TapSettings>(program, config, process.env, checkSettings);
}

function path(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Milliseconds until a run that was asked to end is ended, e.g. because nobody reads its output. */
const LONGEST_END = 4000;

/** Aborts on SIGTERM or SIGINT, and ends the process a while later if it is still running. */
function boundedTermination(): AbortSignal {
  const termination = terminationSignal();
  termination.addEventListener('abort', () =>
    setTimeout(() => process.exit(0), LONGEST_END).unref(),
  );
  return termination;
}
