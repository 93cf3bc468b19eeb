import { LEVELS, logConfig, type LogConfig, type LogLevel } from './log-config.ts';
import { writeStderr } from './stdio.ts';

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface LogDetails {
  /** Shown behind the message; `stream` names the stream it is about. */
  readonly fields?: LogFields;
  /** A metric point, for readers of structured logs. */
  readonly metric?: object;
  /** What went wrong. Its message is never taken: it may quote data. */
  readonly error?: Error;
}

let config: LogConfig = { level: 'info', form: 'human' };
let logger = 'singer';

/**
 * Sets level and form of the log, see {@link logConfig}.
 * @param programName e.g. `tap-exactsales`
 * @throws SettingsError when the file that the environment names cannot be read
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
  return isTold('debug');
}

/** True when lines of that level are written. */
export function isTold(level: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(config.level);
}

/** True when the log is read by a program, which wants no progress drawn in it. */
export function isLogForPrograms(): boolean {
  return config.form !== 'human';
}

/** Lines on the standard error. Never a secret, never a record's value. */
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
  if (!isTold(level)) return;
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

/** All fields that the Singer SDK's schema of its log and Meltano's reader ask for. */
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
