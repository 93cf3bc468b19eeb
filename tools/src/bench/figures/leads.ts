import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median, ratio, type Figure, type Measured } from '../figure.ts';
import { buildFloor } from '../floor.ts';
import { writeLeads } from '../leads.ts';
import { inFolder, run } from '../process.ts';
import { targetCommand } from '../target.ts';

const ROWS = 200_000;
const ROUNDS = 5;
/** Rows a commit of the floor: about as many as the target's commits hold. */
const FLOOR_COMMIT = 5000;

export const figure: Figure = {
  title: `${ROWS} leads of 42 columns, from a pipe: the target against the floor, and again`,
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<Measured[]> {
  const input = join(folder, 'leads.singer');
  writeLeads(input, ROWS);
  const floor = buildFloor();
  const firsts: number[] = [];
  const floors: number[] = [];
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
    floors.push(least);
    ratios.push(first / least);
  }
  const rows = { what: 'rows a second', value: String(Math.round(ROWS / median(firsts))) };
  const reload = {
    what: 'reload of the same rows ÷ first load',
    value: ratio(median(reloads)),
    reach: '≤ 1.05',
  };
  const against =
    'missing' in floor
      ? { what: 'target ÷ floor', value: floor.missing }
      : { what: 'target ÷ floor', value: ratio(median(ratios)), reach: '≤ 2.2' };
  return [against, rows, reload];
}

function clear(folder: string): void {
  for (const name of ['data', 'floor']) {
    for (const end of ['', '-wal', '-shm'])
      rmSync(join(folder, `${name}.sqlite${end}`), { force: true });
  }
}
