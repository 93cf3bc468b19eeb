import {
  print,
  ProgramError,
  readCatalog,
  readState,
  resolveSettings,
  runProgram,
  SettingsError,
  terminationSignal,
  type Arguments,
} from '@exact-spotter/singer';
import { proxyProblems } from './api/proxy.ts';
import { checkSettings, program, type TapSettings } from './settings.ts';

/**
 * Maximum number of milliseconds between a signal and the end of the run. Without this limit, a
 * stuck reader of the output would keep the run alive.
 */
const LONGEST_END = 4000;

const commandLine = {
  options: {
    discover: { type: 'boolean', describe: 'Print the catalog and exit' },
    catalog: {
      type: 'string',
      requiresArg: true,
      alias: 'properties',
      describe:
        'A catalog file that selects streams and columns (default: the output of --discover)',
    },
    state: { type: 'string', requiresArg: true, describe: 'A state file from an earlier run' },
    test: {
      type: 'string',
      choices: ['all', 'schema'],
      coerce: (given: string) => (given === '' ? 'all' : given),
      describe: 'Print up to one record per stream (all), or only the schemas (schema)',
    },
  },
  commands: [
    {
      command: 'doctor',
      describe: 'Report how the API behaves on this account (--format text or json)',
    },
  ],
} as const;

export async function main(argv: readonly string[]): Promise<void> {
  await runProgram(program, argv, commandLine, (args) =>
    args.command[0] === 'doctor' ? doctor(args) : tap(args),
  );
}

// Modules are imported where they are first needed to keep `--version` and `--help` fast.

async function tap({ config, values }: Arguments): Promise<void> {
  const { discover, isKnown, select } = await import('./catalog.ts');
  if (values['discover'] === true) {
    return print(`${JSON.stringify(discover(await unknownFields(config)), null, 2)}\n`);
  }
  const settings = await readSettings(config);
  const known = discover(settings.unknown_fields);
  const [catalogFile, stateFile] = [path(values['catalog']), path(values['state'])];
  const catalog = catalogFile === undefined ? known : await readCatalog(catalogFile);
  const { parseState } = await import('./state/parse-state.ts');
  const { State } = await import('./state/state.ts');
  const state =
    stateFile === undefined ? new State() : parseState(await readState(stateFile), stateFile);
  const selected = select(catalog, known);
  if (selected.size === 0)
    throw nothingSelected(
      catalogFile ?? '',
      catalog.streams.some((entry) => isKnown(entry, known)),
    );
  const { test } = values;
  if (test === undefined) {
    const { run } = await import('./run.ts');
    return run(settings, selected, state, terminationSignal(LONGEST_END));
  }
  const { writeSample, writeSchemas } = await import('./sample-run.ts');
  if (test === 'schema') return writeSchemas(settings, selected, state);
  await writeSample(settings, selected, state, terminationSignal(LONGEST_END));
}

/** Returns the error for a run that would read nothing: an empty copy would look like a success. */
function nothingSelected(file: string, namesKnownStreams: boolean): ProgramError {
  return new ProgramError(
    namesKnownStreams
      ? `The catalog ${file} selects no stream, so there is nothing to read: set "selected": true in the metadata of at least one stream (in Meltano: meltano select tap-exactsales '*' '*').`
      : `The catalog ${file} names none of this tap's streams, so there is nothing to read: recreate it with tap-exactsales --discover.`,
  );
}

async function doctor({ config, values }: Arguments): Promise<void> {
  const { format } = values;
  if (format !== 'text' && format !== 'json') {
    throw new SettingsError(['The doctor needs --format text or --format json.']);
  }
  const settings = await readSettings(config);
  const { examineAccount } = await import('./doctor/doctor.ts');
  await examineAccount(settings, format);
}

function readSettings(config: readonly string[]): Promise<TapSettings> {
  return resolveSettings<TapSettings>(program, config, process.env, (settings) => [
    ...checkSettings(settings),
    ...proxyProblems(settings['api_url'], process.env),
  ]);
}

/**
 * Reads `unknown_fields`, the only setting that changes the catalog. Ignores invalid settings
 * because discovery needs no settings.
 */
async function unknownFields(config: readonly string[]): Promise<TapSettings['unknown_fields']> {
  if (config.length === 0) return 'report';
  const { properties } = program.settings;
  const only = {
    ...program,
    settings: { type: 'object', properties } as const,
  };
  try {
    return (await resolveSettings<TapSettings>(only, config, process.env)).unknown_fields;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return 'report';
  }
}

function path(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
