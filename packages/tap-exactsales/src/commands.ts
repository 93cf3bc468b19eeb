import {
  log,
  print,
  readCatalog,
  readState,
  resolveSettings,
  SettingsError,
  type Arguments,
} from '@exact-spotter/singer';
import { discover } from './discover.ts';
import { program } from './program.ts';
import { select } from './select.ts';
import { checkSettings, type TapSettings } from './settings.ts';
import { parseState, State } from './state.ts';

/** What the command line asks for: the doctor, the catalog, a test, or the run itself. */
export async function run(args: Arguments): Promise<void> {
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
  if (selected.size === 0) log.warning('The catalog selects no stream: there is nothing to read.');
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
  await (wantsSchemas ? writeSchemas : testStreams)(...run);
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
