import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ratio, type Figure, type Measured } from '../figure.ts';
import { inFolder, run } from '../process.ts';
import { targetCommand } from '../target.ts';

const FEW = 200_000;
const MANY = 2_000_000;
const MIB = 1024 * 1024;

export const figure: Figure = {
  title: `the most memory that the target holds, for ${FEW} and for ${MANY} rows`,
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<Measured[]> {
  const [few, many] = [await peak(folder, FEW), await peak(folder, MANY)];
  if (few === undefined || many === undefined) {
    return [{ what: 'memory', value: 'skipped: this system does not tell' }];
  }
  return [
    { what: `${MANY} rows ÷ ${FEW} rows`, value: ratio(many / few), reach: '≤ 1.05' },
    { what: 'at most', value: `${Math.round(many / MIB)} MiB`, reach: '≤ 160 MiB' },
  ];
}

async function peak(folder: string, rows: number): Promise<number | undefined> {
  const writer = join(import.meta.dirname, '..', 'lead-writer.ts');
  const source = ['--conditions=@exact-spotter/source', writer, String(rows)] as const;
  rmSync(join(folder, 'data.sqlite'), { force: true });
  return (await run(process.execPath, targetCommand(folder), [process.execPath, ...source])).peak;
}
