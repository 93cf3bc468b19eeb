import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { Options } from 'yargs';

/** The values of options, and nothing else. */
export type OptionValues = Readonly<Record<string, unknown>>;

/**
 * The arguments of a bare run, read by Node's own parser. Meltano starts a program several times a
 * run, and to load yargs takes as long as all the rest of a start.
 * @returns undefined for whatever is not plainly right, be it a command, the help or a fault: for
 * that yargs has the words
 */
export function usualArguments(
  argv: readonly string[],
  options: Readonly<Record<string, Options>>,
): OptionValues | undefined {
  const usual = Object.entries(options).filter(([, { coerce }]) => coerce === undefined);
  const given = parse(argv, usual);
  if (!given || !usual.every(([name, option]) => isRight(given[name], option))) return undefined;
  const defaults = usual.map(([name, option]) => [name, option.default as unknown] as const);
  return { ...Object.fromEntries(defaults.filter(([, value]) => value !== undefined)), ...given };
}

function parse(
  argv: readonly string[],
  options: readonly (readonly [string, Options])[],
): OptionValues | undefined {
  const config: ParseArgsOptionsConfig = {};
  for (const [name, { type, array = false }] of options) {
    config[name] = { type: type === 'boolean' ? 'boolean' : 'string', multiple: array };
  }
  try {
    return parseArgs({ args: [...argv], options: config }).values;
  } catch {
    return undefined;
  }
}

function isRight(value: unknown, { choices }: Options): boolean {
  if (value === undefined) return true;
  if ([value].flat().includes('')) return false;
  return choices === undefined || choices.some((choice) => choice === value);
}
