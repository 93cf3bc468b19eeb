import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { SettingsError } from './errors.ts';
import { environmentPrefix, log } from './log.ts';
import { nearest } from './nearest.ts';
import type { Program, SettingSchema } from './program.ts';

type Settings = Record<string, unknown>;

/**
 * Gathers, completes and checks the settings. Later files win over earlier ones; `ENV` among the
 * sources adds `<PROGRAM>_<SETTING>` from the environment and from `.env`, which win over every
 * file. A setting that is null counts as not given. Names that the program does not know are warned
 * about and left out, since Meltano passes the extractor's settings to the loader; those that are
 * nearly a known one are faults.
 * @param sources the values of `--config`: paths of JSON files, or `ENV`
 * @param check what the schema cannot say: gives the further faults, a sentence each
 * @throws SettingsError with every fault: unreadable file, wrong type, missing setting
 */
export async function resolveSettings<T extends object>(
  program: Program,
  sources: readonly string[],
  env: NodeJS.ProcessEnv,
  check: (settings: Settings) => readonly string[] = () => [],
): Promise<Readonly<T>> {
  const given = await gather(program, sources, env);
  const known = Object.keys(program.settings.properties);
  const faults = [...unknownNames(given, known)];
  const settings = { ...defaults(program), ...only(given, known) };
  faults.push(...(await violations(program, settings)), ...check(settings));
  if (faults.length > 0) throw new SettingsError(faults);
  return Object.freeze(settings) as Readonly<T>;
}

async function gather(
  program: Program,
  sources: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Settings> {
  const files = await Promise.all(
    sources.filter((source) => source !== 'ENV').map(readSettingsFile),
  );
  const fromEnvironment = sources.includes('ENV')
    ? readEnvironment(program, { ...(await readDotEnv()), ...env })
    : {};
  const merged = Object.assign({}, ...files, fromEnvironment) as Settings;
  return Object.fromEntries(
    Object.entries(merged)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, numberOf(value, program.settings.properties[name])]),
  );
}

/** Meltano hands on numbers from its own environment as text: for 4.4 a fraction can be nothing else. */
function numberOf(value: unknown, schema: SettingSchema | undefined): unknown {
  const isNumeric = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value);
  return isNumeric && schema ? cast(value, schema) : value;
}

async function readSettingsFile(path: string): Promise<Settings> {
  const value = await readJsonFile(path, 'settings');
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Settings;
  throw new SettingsError([`The settings file ${path} must hold a JSON object.`]);
}

/**
 * Reads a file of JSON; a byte order mark is passed over.
 * @param what what the file should hold, for the message
 * @throws SettingsError naming the file, without quoting it, when it cannot be read or parsed
 */
export async function readJsonFile(path: string, what: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new SettingsError(
      [`The ${what} file ${path} cannot be read (${reason}): check its name and its permissions.`],
      { cause },
    );
  });
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch {
    // No cause: the parser's message quotes the text, which may hold a secret.
    throw new SettingsError([`The ${what} file ${path} ${notJson(text)}.`]);
  }
}

/** What is wrong with a file, and what to do. */
function notJson(text: string): string {
  return text.trim() === ''
    ? 'is empty: see why nothing was written into it'
    : 'is not valid JSON: it must hold one JSON value, and nothing behind it';
}

/** The `.env` file of the working directory, where there is one. */
async function readDotEnv(): Promise<NodeJS.ProcessEnv> {
  const text = await readFile('.env', 'utf8').catch(() => '');
  return parseEnv(text);
}

function readEnvironment({ name, settings }: Program, env: NodeJS.ProcessEnv): Settings {
  const prefix = environmentPrefix(name);
  const found = Object.entries(settings.properties).flatMap(([setting, schema]) => {
    const text = env[`${prefix}${setting.toUpperCase()}`];
    return text === undefined ? [] : [[setting, cast(text, schema)] as const];
  });
  return Object.fromEntries(found);
}

/** Text that cannot be cast stays text: the validation then says what was expected. */
function cast(text: string, { type }: SettingSchema): unknown {
  const types = [type].flat();
  if (types.includes('string')) return text;
  if (types.includes('boolean') && /^(?:true|false|1|0|yes|no|on|off)$/i.test(text)) {
    return /^(?:true|1|yes|on)$/i.test(text);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** @returns the faults: names so near to a known one that they must be meant so */
function unknownNames(given: Settings, known: readonly string[]): string[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      if (meant !== undefined) return [`Unknown setting "${name}": did you mean "${meant}"?`];
      log.warning(`The setting "${name}" is not known here and has no effect.`);
      return [];
    });
}

function defaults({ settings }: Program): Settings {
  return Object.fromEntries(
    Object.entries(settings.properties).flatMap(([name, schema]) =>
      schema.default === undefined ? [] : [[name, schema.default]],
    ),
  );
}

function only(given: Settings, known: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(given).filter(([name]) => known.includes(name)));
}

async function violations({ name, settings }: Program, value: Settings): Promise<string[]> {
  const { compileValidator } = await import('./validator.ts');
  return compileValidator(
    settings,
    true,
  )(value).map(({ path, reason, missing }) => {
    if (missing === undefined) return `The setting "${path.slice(1)}" ${reason}.`;
    const variable = `${environmentPrefix(name)}${missing.toUpperCase()}`;
    return `The setting "${missing}" is required: put it in the file given with --config, or in ${variable} with --config=ENV.`;
  });
}
