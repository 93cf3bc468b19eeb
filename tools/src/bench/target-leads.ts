import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, Measured, Skipped } from './figure.ts';
import { median } from './interleave.ts';
import { buildFloor } from './floor.ts';
import { writeLeads } from './leads.ts';
import { inFolder, run } from './process.ts';
import { targetCommand } from './target.ts';

const ROWS = 200_000;
const ROUNDS = 5;
/** Rows a commit of the floor: about as many as the target's commits hold. */
const FLOOR_COMMIT = 5000;

/** Leads of 42 columns from a pipe: the target against the floor, and the same rows again. */
export const targetLeads: Figure = {
  name: 'target-leads',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const input = join(folder, 'leads.singer');
  writeLeads(input, ROWS);
  const floor = buildFloor();
  const firsts: number[] = [];
  const ratios: number[] = [];
  const reloads: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    clear(folder);
    const command = targetCommand(folder);
    const first = (await run(process.execPath, command, ['cat', input])).seconds;
    const again = (await run(process.execPath, command, ['cat', input])).seconds;
    firsts.push(first);
    reloads.push(again / first);
    if ('missing' in floor) continue;
    const args = [join(folder, 'floor.sqlite'), String(FLOOR_COMMIT)];
    const least = (await run(floor.program, args, ['cat', input])).seconds;
    ratios.push(first / least);
  }
  const detail = `${Math.round(ROWS / median(firsts))} rows a second`;
  const reload: Measured = {
    what: 'reload of the same rows ÷ first load',
    value: median(reloads),
    unit: '×',
    reach: { atMost: 1.05 },
    detail,
  };
  const what = `${ROWS} leads ÷ the floor`;
  const against: Measured | Skipped =
    'missing' in floor
      ? { what, skipped: floor.missing }
      : { what, value: median(ratios), unit: '×', reach: { atMost: 2.2 }, detail };
  return [against, reload];
}

function clear(folder: string): void {
  for (const name of ['data', 'floor']) {
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(folder, `${name}.sqlite${end}`), { force: true });
  }
}
