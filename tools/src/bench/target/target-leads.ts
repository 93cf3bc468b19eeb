import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildBaseline } from './baseline.ts';
import type { Figure, Measured, Skipped } from '../figure.ts';
import { median } from '../interleave.ts';
import { writeLeads } from './lead-lines.ts';
import { inFolder, removeDatabase, runPipe, targetCommand } from '../processes.ts';

const ROWS = 200_000;
const ROUNDS = 5;
/** The baseline's rows per commit, about as many as the target commits at a time. */
const BASELINE_COMMIT = '5000';

/**
 * Compares the target with the baseline on leads of 42 columns, and a reload with the first load.
 */
export const targetLeads: Figure = {
  name: 'target-leads',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const input = join(folder, 'leads.singer');
  writeLeads(input, ROWS);
  const baseline = buildBaseline();
  const firsts: number[] = [];
  const ratios: number[] = [];
  const reloads: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    removeDatabase(folder);
    const first = await runPipe(['cat', input], targetCommand(folder));
    const again = await runPipe(['cat', input], targetCommand(folder));
    firsts.push(first);
    reloads.push(again / first);
    if ('missing' in baseline) continue;
    const database = join(folder, 'baseline.sqlite');
    for (const tail of ['', '-wal', '-shm']) rmSync(`${database}${tail}`, { force: true });
    const least = await runPipe(['cat', input], [baseline.program, database, BASELINE_COMMIT]);
    ratios.push(first / least);
  }
  const detail = `${Math.round((ROWS / median(firsts)) * 1000)} rows per second`;
  const reload: Measured = {
    what: 'reload of the same rows ÷ first load',
    value: median(reloads),
    unit: '×',
    limit: { atMost: 1.05 },
    detail,
  };
  const what = `${ROWS} leads ÷ the baseline`;
  const first: Measured | Skipped =
    'missing' in baseline
      ? { what, skipped: baseline.missing }
      : { what, value: median(ratios), unit: '×', limit: { atMost: 2.2 }, detail };
  return [first, reload];
}
