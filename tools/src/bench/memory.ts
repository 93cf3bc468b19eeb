import { join } from 'node:path';
import { startApi, tapSettings } from './tap/api.ts';
import type { Figure, Measured } from './figure.ts';
import {
  command,
  inFolder,
  runForPeak,
  targetCommand,
  writeJson,
  type Usage,
} from './processes.ts';
import { selectStreams } from './tap/recorded-account.ts';

/** The tap's memory must not grow with the account. */
export const tapMemory: Figure = {
  name: 'tap-memory',
  async measure(isFull) {
    const [few, many] = isFull ? [100_000, 1_000_000] : [100_000, 400_000];
    const [small, large] = [await readLeads(few), await readLeads(many)];
    const limits = { growth: 1.1, peak: 220 };
    return compare('tap', { few, many, unit: 'leads' }, [small, large], limits);
  },
};

/** The target's memory must not grow with the number of rows. */
export const targetMemory: Figure = {
  name: 'target-memory',
  async measure() {
    const [few, many] = [200_000, 2_000_000];
    const [small, large] = [await loadLeads(few), await loadLeads(many)];
    const limits = { growth: 1.05, peak: 160 };
    return compare('target', { few, many, unit: 'rows' }, [small, large], limits);
  },
};

async function readLeads(leads: number): Promise<Usage> {
  const api = await startApi(['--leads', String(leads)]);
  try {
    return await inFolder(async (folder) => {
      const config = writeJson(folder, 'tap.json', tapSettings(api));
      const catalog = await selectStreams(folder, ['leads']);
      return runForPeak(command('tap-exactsales', '--config', config, '--catalog', catalog));
    });
  } finally {
    api.stop();
  }
}

async function loadLeads(rows: number): Promise<Usage> {
  const writer = join(import.meta.dirname, 'target', 'lead-lines.ts');
  return inFolder((folder) =>
    runForPeak(targetCommand(folder), [
      ...[process.execPath, '--conditions=@exact-spotter/source', writer, String(rows)],
    ] as [string, ...string[]]),
  );
}

function compare(
  program: string,
  { few, many, unit }: { readonly few: number; readonly many: number; readonly unit: string },
  [small, large]: readonly [Usage, Usage],
  limits: { readonly growth: number; readonly peak: number },
): Measured[] {
  const seconds = (large.milliseconds / 1000).toFixed(0);
  const detail = `${small.peak.toFixed(0)} MiB, ${large.peak.toFixed(0)} MiB in ${seconds} s`;
  return [
    {
      what: `peak memory of the ${program}, ${many} ${unit} ÷ ${few} ${unit}`,
      value: large.peak / small.peak,
      unit: '×',
      limit: { atMost: limits.growth },
      detail,
    },
    {
      what: `peak memory of the ${program}, ${many} ${unit}`,
      value: large.peak,
      unit: 'MiB',
      limit: { atMost: limits.peak },
      detail,
    },
  ];
}
