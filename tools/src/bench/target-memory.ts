import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure, Measured, Skipped } from './figure.ts';
import { inFolder, run } from './process.ts';
import { targetCommand } from './target.ts';

const FEW = 200_000;
const MANY = 2_000_000;
const MIB = 1024 * 1024;

/** The most memory that the target holds, for few rows and for many. */
export const targetMemory: Figure = {
  name: 'target-memory',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<(Measured | Skipped)[]> {
  const [few, many] = [await peak(folder, FEW), await peak(folder, MANY)];
  if (few === undefined || many === undefined) {
    return [{ what: 'memory of the target', skipped: 'this system does not tell' }];
  }
  return [
    {
      what: `memory of the target, ${MANY} rows ÷ ${FEW} rows`,
      value: many / few,
      unit: '×',
      reach: { atMost: 1.05 },
      detail: `${Math.round(few / MIB)} MiB for the few`,
    },
    {
      what: 'memory of the target',
      value: many / MIB,
      unit: 'MiB',
      reach: { atMost: 160 },
      detail: `${MANY} rows`,
    },
  ];
}

async function peak(folder: string, rows: number): Promise<number | undefined> {
  const writer = join(import.meta.dirname, 'lead-writer.ts');
  const source = ['--conditions=@exact-spotter/source', writer, String(rows)] as const;
  rmSync(join(folder, 'data.sqlite'), { force: true });
  return (await run(process.execPath, targetCommand(folder), [process.execPath, ...source])).peak;
}
