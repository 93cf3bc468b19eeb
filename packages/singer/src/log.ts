import { writeStderr } from './stdio.ts';

/** Singer's levels, lowest first; the names are those of Python's logging, which Meltano uses. */
const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type LogLevel = (typeof LEVELS)[number];
export type LogFields = Readonly<Record<string, string | number | boolean>>;

let threshold: number = LEVELS.indexOf('info');

/**
 * Sets the lowest level that is written, from `<PROGRAM>_LOGLEVEL` or else `LOGLEVEL`. A name that
 * is no level leaves it at `info`.
 * @param programName e.g. `tap-exactsales`
 */
export function configureLog(programName: string, env: NodeJS.ProcessEnv): void {
  const name = env[`${environmentPrefix(programName)}LOGLEVEL`] ?? env['LOGLEVEL'] ?? 'info';
  const level = LEVELS.findIndex((known) => known === name.toLowerCase());
  threshold = level < 0 ? LEVELS.indexOf('info') : level;
}

/** `tap-exactsales` → `TAP_EXACTSALES_`. */
export function environmentPrefix(programName: string): string {
  return `${programName.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_`;
}

export function isDebugging(): boolean {
  return threshold === 0;
}

/** Lines for people on the standard error. Never a secret, never a record's value. */
export const log = {
  debug: (message: string, fields?: LogFields): void => write('debug', message, fields),
  info: (message: string, fields?: LogFields): void => write('info', message, fields),
  warning: (message: string, fields?: LogFields): void => write('warning', message, fields),
  error: (message: string, fields?: LogFields): void => write('error', message, fields),
  critical: (message: string, fields?: LogFields): void => write('critical', message, fields),
} as const;

function write(level: LogLevel, message: string, fields: LogFields = {}): void {
  if (LEVELS.indexOf(level) < threshold) return;
  const details = Object.entries(fields).map(([name, value]) => ` ${name}=${String(value)}`);
  writeStderr(`${new Date().toISOString()} ${level.toUpperCase()} ${message}${details.join('')}\n`);
}
