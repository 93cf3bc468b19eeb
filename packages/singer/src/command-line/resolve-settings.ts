import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { SettingsError } from '../errors.ts';
import { decodeFile, readJsonFile } from '../json-files.ts';
import { isObject } from '../messages/json.ts';
import { environmentPrefix, log } from '../log.ts';
import type { JsonSchema } from '../messages/messages.ts';
import { nearest } from './nearest.ts';
import { compileOwnSchema } from '../schemas/validator.ts';

/** The JSON Schema of one setting. */
export interface SettingSchema extends JsonSchema {
  readonly type: string | readonly string[];
  readonly title: string;
  readonly description: string;
  readonly default?: unknown;
  /** True if the value must never be shown. */
  readonly 'x-secret'?: boolean;
  /** Meltano's `kind`, if the type does not imply it: `file`, `date_iso8601`, `options`, … */
  readonly 'x-kind'?: string;
}

/**
 * All settings of a program. Validation, `--about`, the docs and the Meltano definition are derived
 * from it.
 */
export interface SettingsSchema extends JsonSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, SettingSchema>>;
  readonly required?: readonly string[];
}

/** How a tap or a target describes itself. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Capability names, as Meltano spells them. */
  readonly capabilities: readonly string[];
  readonly settings: SettingsSchema;
}

type Settings = Record<string, unknown>;

/**
 * Reads the settings, adds the defaults and validates the result. Later files override earlier
 * files. `ENV` adds the variables `<PROGRAM>_<SETTING>` from the environment and from `.env`; these
 * override every file. A setting that is null is treated as not set.
 *
 * Unknown names are ignored with a warning, since Meltano passes the extractor's settings to the
 * loader. A name that looks like a misspelled setting is an error.
 * @param sources the values of `--config`: paths of JSON files, or `ENV`
 * @param check finds problems that the schema cannot detect, and returns one sentence per problem
 * @throws SettingsError that lists every problem: unreadable files, wrong types, missing settings
 */
export async function resolveSettings<T extends object>(
  program: Program,
  sources: readonly string[],
  env: NodeJS.ProcessEnv,
  check: (settings: Settings) => readonly string[] = () => [],
): Promise<Readonly<T>> {
  const given = await gather(program, sources, env);
  const known = Object.keys(program.settings.properties);
  const problems = misspelledNames(given, known);
  const settings = { ...defaults(program), ...only(given, known) };
  problems.push(...(await violations(program, settings)), ...check(settings));
  if (problems.length > 0) throw new SettingsError(problems);
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

/** Converts numeric strings: Meltano 4.4 passes numbers from its environment as strings. */
function numberOf(value: unknown, schema: SettingSchema | undefined): unknown {
  const isNumeric = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value);
  return isNumeric && schema ? cast(value, schema) : value;
}

async function readSettingsFile(path: string): Promise<Settings> {
  const value = await readJsonFile(path, 'settings');
  if (isObject(value)) return value;
  throw new SettingsError([`The settings file ${path} must contain a JSON object.`]);
}

/**
 * Reads the `.env` file of the working directory, if there is one.
 * @throws SettingsError if it is not text
 */
async function readDotEnv(): Promise<NodeJS.ProcessEnv> {
  const bytes = await readFile('.env').catch(() => new Uint8Array());
  return parseEnv(decodeFile(bytes, 'The file .env'));
}

function readEnvironment({ name, settings }: Program, env: NodeJS.ProcessEnv): Settings {
  const prefix = environmentPrefix(name);
  const found = Object.entries(settings.properties).flatMap(([setting, schema]) => {
    const text = env[`${prefix}${setting.toUpperCase()}`];
    return text === undefined ? [] : [[setting, cast(text, schema)] as const];
  });
  return Object.fromEntries(found);
}

/**
 * Converts text to the setting's type. If that is not possible, returns the text unchanged, so that
 * validation reports it.
 */
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

/** Returns a problem for each misspelled setting, and warns about other unknown names. */
function misspelledNames(given: Settings, known: readonly string[]): string[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = nearest(name, known);
      if (meant !== undefined) return [`Unknown setting "${name}": did you mean "${meant}"?`];
      log.warning(`Ignoring the unknown setting "${name}".`);
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
  const validate = await compileOwnSchema(settings);
  return validate(value).map(({ path, reason, missing }) => {
    if (missing === undefined) return `The setting "${path.slice(1)}" ${reason}.`;
    const variable = `${environmentPrefix(name)}${missing.toUpperCase()}`;
    return `The setting "${missing}" is required: add it to the file given with --config, or set ${variable} and use --config=ENV.`;
  });
}
