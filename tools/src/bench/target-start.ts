import type { Figure, Measured } from './figure.ts';
import { median } from './interleave.ts';
import { run } from './process.ts';
import { targetVersionCommand } from './target.ts';

const ROUNDS = 15;

/** How long the target takes to tell its version. */
export const targetStart: Figure = {
  name: 'target-start',
  measure,
};

async function measure(): Promise<Measured[]> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const version = await run(process.execPath, targetVersionCommand());
    const empty = await run(process.execPath, ['-e', '0']);
    ratios.push(version.seconds / empty.seconds);
  }
  return [
    {
      what: 'target --version ÷ an empty script',
      value: median(ratios),
      unit: '×',
      reach: { atMost: 2 },
      detail: `${ROUNDS} rounds`,
    },
  ];
}
