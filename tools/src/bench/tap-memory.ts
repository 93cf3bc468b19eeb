import { startApi, tapSettings } from './api.ts';
import { selectStreams } from './catalog.ts';
import type { Figure } from './figure.ts';
import { binOf, newFolder, runForPeak, writeJson, type Usage } from './programs.ts';

/** The tap's memory must not grow with the account. */
export const tapMemory: Figure = {
  name: 'tap-memory',
  async measure(isFull) {
    const [few, many] = isFull ? [100_000, 1_000_000] : [100_000, 400_000];
    const [small, large] = [await readLeads(few), await readLeads(many)];
    const detail = `${small.peak.toFixed(0)} MiB, ${large.peak.toFixed(0)} MiB in ${(large.milliseconds / 1000).toFixed(0)} s`;
    return [
      {
        what: `peak memory of the tap, ${many} leads ÷ ${few} leads`,
        value: large.peak / small.peak,
        unit: '×',
        reach: { atMost: 1.1 },
        detail,
      },
      {
        what: `peak memory of the tap, ${many} leads`,
        value: large.peak,
        unit: 'MiB',
        reach: { atMost: 180 },
        detail,
      },
    ];
  },
};

async function readLeads(leads: number): Promise<Usage> {
  const api = await startApi(['--leads', String(leads)]);
  try {
    const folder = newFolder();
    const config = writeJson(folder, 'tap.json', tapSettings(api));
    const catalog = await selectStreams(folder, ['leads']);
    return await runForPeak([binOf('tap-exactsales'), '--config', config, '--catalog', catalog]);
  } finally {
    api.stop();
  }
}
