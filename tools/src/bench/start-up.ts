import type { Figure, Measured } from './figure.ts';
import { interleave } from './interleave.ts';
import { command, run, type Command } from './processes.ts';

const ROUNDS = 31;
const EMPTY: Command = [process.execPath, '-e', '0'];

/** Measures the start-up time of the tap, which Meltano starts two or three times per run. */
export const tapStart: Figure = {
  name: 'tap-start',
  measure: () =>
    startTimes('tap-exactsales', { '--discover': 3.5, '--about': 3.5, '--version': 2 }),
};

/** Measures the start-up time of the target. */
export const targetStart: Figure = {
  name: 'target-start',
  measure: () => startTimes('target-sqlite', { '--version': 2 }),
};

/** @param limits the highest allowed ratio to an empty script's time, by option */
async function startTimes(
  program: 'tap-exactsales' | 'target-sqlite',
  limits: Readonly<Record<string, number>>,
): Promise<Measured[]> {
  const options = Object.keys(limits).map(
    (option) => [option, () => run(command(program, option))] as const,
  );
  const times: Readonly<Record<string, number>> = await interleave(
    { empty: () => run(EMPTY), ...Object.fromEntries(options) },
    ROUNDS,
  );
  const empty = times['empty'] ?? NaN;
  return Object.entries(limits).map(([option, atMost]) => {
    const time = times[option] ?? NaN;
    return {
      what: `${program} ${option} ÷ an empty script`,
      value: time / empty,
      unit: '×',
      limit: { atMost },
      detail: `${time.toFixed(0)} ms, ${empty.toFixed(0)} ms`,
    };
  });
}
