import { readFile } from 'node:fs/promises';
import { SettingsError } from './errors.ts';
import { decodeFile, parseJson } from './json-files.ts';
import { writeStderr } from './stdio/stdio.ts';

/** The levels, lowest first, with the names from Python's `logging` module, which Meltano uses. */
const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type LogLevel = (typeof LEVELS)[number];

/**
 * `human` writes the time, level and message; `message` writes only the message; `structured`
 * writes one JSON object per line.
 */
type LogForm = 'human' | 'message' | 'structured';

interface LogConfig {
  readonly level: LogLevel;
  readonly form: LogForm;
}

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface LogDetails {
  /** Printed after the message. `stream` is the stream that the message is about. */
  readonly fields?: LogFields;
  /** A metric point for programs that read structured logs. */
  readonly metric?: object;
  /** The error to report. The error's own message is not logged, because it may quote data. */
  readonly error?: Error;
}

let config: LogConfig = { level: 'info', form: 'human' };
let logger = 'singer';

/**
 * Sets the level and the form of the log; see {@link logConfig}.
 * @param programName e.g. `tap-exactsales`
 * @throws SettingsError if the file that the environment names cannot be read
 */
export async function configureLog(programName: string, env: NodeJS.ProcessEnv): Promise<void> {
  logger = programName;
  config = await logConfig(environmentPrefix(programName), env);
}

/** `tap-exactsales` → `TAP_EXACTSALES_`. */
export function environmentPrefix(programName: string): string {
  return `${programName.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_`;
}

export function isDebugging(): boolean {
  return isLogged('debug');
}

/** True if messages of a level are written. */
export function isLogged(level: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(config.level);
}

/** True if a program reads the log. In that case, do not draw progress in the log. */
export function isLogForPrograms(): boolean {
  return config.form !== 'human';
}

/** Writes a line to stderr. Never log a secret or a record value. */
export const log = {
  debug: (message: string, fields?: LogFields): void =>
    writeLog('debug', message, fields && { fields }),
  info: (message: string, fields?: LogFields): void =>
    writeLog('info', message, fields && { fields }),
  warning: (message: string, fields?: LogFields): void =>
    writeLog('warning', message, fields && { fields }),
  error: (message: string, fields?: LogFields): void =>
    writeLog('error', message, fields && { fields }),
  critical: (message: string, fields?: LogFields): void =>
    writeLog('critical', message, fields && { fields }),
} as const;

export function writeLog(level: LogLevel, message: string, details: LogDetails = {}): void {
  if (!isLogged(level)) return;
  const line =
    config.form === 'structured'
      ? structured(level, message, details)
      : plain(level, message, details);
  writeStderr(`${line}\n`);
}

function plain(level: LogLevel, message: string, { fields = {} }: LogDetails): string {
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  const head = config.form === 'human' ? `${new Date().toISOString()} ${level.toUpperCase()} ` : '';
  return `${head}${message}${details.join('')}`;
}

/** Returns a line with every field that the Singer SDK's log schema and Meltano require. */
function structured(
  level: LogLevel,
  message: string,
  { fields = {}, metric, error }: LogDetails,
): string {
  const { stream = null, ...extra } = fields;
  return JSON.stringify({
    level,
    pid: process.pid,
    logger_name: logger,
    ts: Date.now() / 1000,
    thread_name: 'main',
    app_name: logger,
    stream_name: stream,
    message,
    extra,
    ...(metric && { metric_info: metric }),
    ...(error && { exception: { type: error.name, module: logger, message, traceback: [] } }),
  });
}

/** The Singer SDK formatter that writes one JSON object per line. */
const STRUCTURED_FORMATTER = 'singer_sdk.logging.StructuredFormatter';
const MESSAGE_ONLY = '%(message)s';

/**
 * Reads the log settings from the environment. The level is taken from `<PROGRAM>_LOGLEVEL`, from
 * the file that `SINGER_SDK_LOG_CONFIG` names, or from `LOGLEVEL`, in this order. The file contains
 * a Python logging `dictConfig` in JSON or YAML; only its root level and formatters are used.
 * @param prefix the prefix of the program's variables, e.g. `TAP_EXACTSALES_`
 * @throws SettingsError if the file cannot be read
 */
async function logConfig(prefix: string, env: NodeJS.ProcessEnv): Promise<LogConfig> {
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
  const name = `The log configuration ${path} (SINGER_SDK_LOG_CONFIG)`;
  try {
    const text = decodeFile(await readFile(path), name);
    const value = text.trimStart().startsWith('{') ? parseJson(text, name) : await yaml(text);
    return value ?? {};
  } catch (cause) {
    if (cause instanceof SettingsError) throw cause;
    throw new SettingsError([`${name} cannot be read: it must be JSON or YAML.`], { cause });
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
  return is('format', MESSAGE_ONLY) ? 'message' : 'human';
}
