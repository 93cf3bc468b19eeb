import { median, ratio, type Figure, type Measured } from '../figure.ts';
import { run } from '../process.ts';
import { targetVersionCommand } from '../target.ts';

const ROUNDS = 15;

export const figure: Figure = {
  title: 'how long the target takes to tell its version',
  measure,
};

async function measure(): Promise<Measured[]> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const version = await run(process.execPath, targetVersionCommand());
    const empty = await run(process.execPath, ['-e', '0']);
    ratios.push(version.seconds / empty.seconds);
  }
  return [{ what: '--version ÷ an empty script', value: ratio(median(ratios)), reach: '≤ 2' }];
}
