import type { Figure } from './figure.ts';
import { interleave } from './interleave.ts';
import { binOf, newFolder, run, writeJson } from './programs.ts';

const ROUNDS = 31;
const LIMITS = { '--discover': 3.5, '--about': 3.5, '--version': 2 } as const;

/** How long a program takes to say what it is: Meltano starts it two or three times a run. */
export const tapStart: Figure = {
  name: 'tap-start',
  async measure() {
    const empty = writeJson(newFolder(), 'empty.mjs', null);
    const tap = binOf('tap-exactsales');
    const took = await interleave(
      {
        empty: () => run([empty]),
        '--discover': () => run([tap, '--discover']),
        '--about': () => run([tap, '--about']),
        '--version': () => run([tap, '--version']),
      },
      ROUNDS,
    );
    return (['--discover', '--about', '--version'] as const).map((option) => ({
      what: `tap ${option} ÷ an empty script`,
      value: took[option] / took.empty,
      unit: '×',
      reach: { atMost: LIMITS[option] },
      detail: `${took[option].toFixed(0)} ms, ${took.empty.toFixed(0)} ms`,
    }));
  },
};
