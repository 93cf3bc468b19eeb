import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Gauge, statusLines } from '../src/progress-lines.ts';
import { file } from './tap.ts';

/** @returns what the sample program writes to a standard error that is a pipe */
async function log(env: NodeJS.ProcessEnv): Promise<string[]> {
  const program = join(import.meta.dirname, 'progress-program.ts');
  const child = spawn(process.execPath, ['--conditions=@exact-spotter/source', program], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await once(child, 'close');
  return text.split('\n').filter((line) => line !== '');
}

describe('a log', () => {
  it('gets lines of progress while rows come, and none when nothing is read', async () => {
    const lines = await log({});
    const counts = lines.map((line) => Number(/So far ([\d,]+)/.exec(line)?.[1]?.replace(',', '')));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toMatch(
        /^\S+Z INFO So far [\d,]+ rows; under way: leads .*; boxes [\d,]+.*; 7 requests left in the budget\.$/,
      );
    }
    expect(lines.join('\n')).toMatch(/leads (1,000|1,500) of 2,000 \((50|75) %/);
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
  });

  const structured = { '()': 'singer_sdk.logging.StructuredFormatter' };
  it.each([
    ['is structured', { formatters: { structured } }],
    ['holds messages alone', { formatters: { plain: { format: '%(message)s' } } }],
    ['is to hold no more than warnings', { root: { level: 'WARNING' } }],
  ])('gets none when it %s', async (_case, config) => {
    expect(await log({ SINGER_SDK_LOG_CONFIG: file('logging.json', config) })).toEqual([]);
  });
});

describe('the figures of a read', () => {
  const total = 10_000;

  it.each([
    ['has just begun', [], 500, { rows: 0, percent: undefined, rate: undefined }],
    ['is under way', [1, 2, 3, 4], 4000, { rows: 2000, percent: 20, rate: 500, toGo: 16 }],
    // The first 30 pages of a run come in a burst, and say nothing of the hour after it.
    ['has slowed down', [1, 1, 1, 70, 100], 110_000, { rows: 2500, rate: 1000 / 109, toGo: 817.5 }],
    ['has stalled', [1], 200_000, { rows: 500, percent: 5, rate: 0, toGo: undefined }],
  ])('%s', (_case, seconds, now, figures) => {
    const gauge = new Gauge(0);
    seconds.forEach((second, at) => gauge.reach((at + 1) * 500, total, second * 1000));
    expect(gauge.figures(now)).toMatchObject(figures);
  });

  it('are never more than all of it', () => {
    const gauge = new Gauge(0);
    gauge.reach(1000, 800, 1000);
    expect(gauge.figures(3000)).toMatchObject({ percent: 100, toGo: 0 });
  });

  it('stand in columns, with what is left of the budget below', () => {
    const known = { rows: 12_500, total: 1_000_000, percent: 1, rate: 740.4, toGo: 4804.2 };
    const unknown = { rows: 7, total: undefined, percent: undefined, rate: 2, toGo: undefined };
    const reads = [
      { name: 'leads + leadspersons', ...known },
      { name: 'boxes', ...unknown },
    ];
    expect(statusLines(reads, 1)).toEqual([
      'leads + leadspersons  12,500 of 1,000,000  1 %  740 rows/s  1:20:05 to go',
      'boxes                                   7         2 rows/s',
      '1 request left in the budget',
    ]);
  });
});
