import { readFile } from 'node:fs/promises';
import { SettingsError } from './errors.ts';

/** Singer's levels, lowest first; the names are those of Python's logging, which Meltano uses. */
export const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** `human`: time, level, message. `message`: the message alone. `structured`: a JSON object a line. */
type LogForm = 'human' | 'message' | 'structured';

export interface LogConfig {
  readonly level: LogLevel;
  readonly form: LogForm;
}

/** The formatter of the Singer SDK that writes one JSON object a line. */
const STRUCTURED_FORMATTER = 'singer_sdk.logging.StructuredFormatter';
const MESSAGE_ALONE = '%(message)s';

/**
 * How to log, from the environment: `<PROGRAM>_LOGLEVEL`, or else the level in the file that
 * `SINGER_SDK_LOG_CONFIG` names, or else `LOGLEVEL`. That file is a `dictConfig` of Python's
 * logging in JSON or YAML; of it the root's level and the formatters are heeded.
 * @param prefix of the program's variables, e.g. `TAP_EXACTSALES_`
 * @throws SettingsError when the file cannot be read
 */
export async function logConfig(prefix: string, env: NodeJS.ProcessEnv): Promise<LogConfig> {
  const path = env['SINGER_SDK_LOG_CONFIG'];
  const file = path === undefined || path === '' ? undefined : await readLogConfig(path);
  return {
    level:
      level(env[`${prefix}LOGLEVEL`]) ??
      level(file?.root?.level) ??
      level(env['LOGLEVEL']) ??
      'info',
    form: form(Object.values(file?.formatters ?? {})),
  };
}

interface DictConfig {
  readonly root?: { readonly level?: unknown };
  readonly formatters?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
}

async function readLogConfig(path: string): Promise<DictConfig> {
  try {
    const text = await readFile(path, 'utf8');
    const value = text.trimStart().startsWith('{')
      ? (JSON.parse(text) as unknown)
      : await yaml(text);
    return value ?? {};
  } catch (cause) {
    throw new SettingsError(
      [`The file ${path}, which SINGER_SDK_LOG_CONFIG names, cannot be read as JSON or YAML.`],
      { cause },
    );
  }
}

async function yaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(text) as unknown;
}

function level(name: unknown): LogLevel | undefined {
  return LEVELS.find((known) => known === String(name).toLowerCase());
}

function form(formatters: readonly (Readonly<Record<string, unknown>> | null)[]): LogForm {
  const is = (key: string, value: string): boolean =>
    formatters.some((item) => item?.[key] === value);
  if (is('()', STRUCTURED_FORMATTER)) return 'structured';
  return is('format', MESSAGE_ALONE) ? 'message' : 'human';
}
