import { join } from 'node:path';
import { execute } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { Gauge, statusLines } from '../src/progress-text.ts';
import { file } from './tap.ts';

/** @returns the lines that the sample program writes to stderr, which is a pipe */
async function logLines(env: NodeJS.ProcessEnv): Promise<string[]> {
  const program = join(import.meta.dirname, 'progress-program.ts');
  const args = ['--conditions=@exact-spotter/source', program];
  const options = { env: { PATH: process.env['PATH'], ...env } };
  const { stderr } = await execute(process.execPath, args, options);
  return stderr.split('\n').filter((line) => line !== '');
}

describe('progress', () => {
  it('is logged once per minute while rows are read, but not after the run has ended', async () => {
    const lines = await logLines({});
    expect(lines.map((line) => line.replace(/^\S+Z INFO /, ''))).toEqual([
      '0 rows so far; reading leads 0 (0 rows/s); boxes 0 (0 rows/s); 7 requests left within the rate limit.',
      '1,000 rows so far; reading leads 500 of 2,000 (25 %, 4 rows/s, 6:00 to go); boxes 500 (4 rows/s); 7 requests left within the rate limit.',
      '2,000 rows so far; reading leads 1,000 of 2,000 (50 %, 4 rows/s, 4:00 to go); boxes 1,000 (4 rows/s); 7 requests left within the rate limit.',
      // All pages of leads have been read.
      '3,000 rows so far; reading boxes 1,500 (4 rows/s); 7 requests left within the rate limit.',
    ]);
  });

  const structured = { '()': 'singer_sdk.logging.StructuredFormatter' };
  it.each([
    ['is structured', { formatters: { structured } }],
    ['has no timestamps and levels', { formatters: { plain: { format: '%(message)s' } } }],
    ['shows only warnings', { root: { level: 'WARNING' } }],
  ])('is not logged if the log %s', async (_case, config) => {
    expect(await logLines({ SINGER_SDK_LOG_CONFIG: file('logging.json', config) })).toEqual([]);
  });

  describe('says once per minute that the rate limit makes the run wait', () => {
    const plain = {
      SINGER_SDK_LOG_CONFIG: file('plain.json', {
        formatters: { plain: { format: '%(message)s' } },
      }),
    };
    const waiting = 'The rate limit made requests wait for 45 s of the last minute.';

    it.each([
      ['after each minute', { WAIT: '45000' }, [waiting, waiting, waiting, waiting]],
      ['but not if it hardly waits', { WAIT: '11000' }, []],
      [
        'and how long a pause lasts that the API asked for',
        { PAUSE: '150000' },
        ['1:30', '0:30'].map(
          (left) =>
            `Waiting for another ${left} because the API reported that the token's rate limit is exceeded, which other integrations share.`,
        ),
      ],
    ])('%s', async (_case, env, lines) => {
      expect(await logLines({ ...plain, ...env })).toEqual(lines);
    });

    it('in a structured log and in a log for people', async () => {
      const config = {
        SINGER_SDK_LOG_CONFIG: file('logging.json', { formatters: { structured } }),
      };
      const messages = (await logLines({ ...config, WAIT: '45000' })).map(
        (line) => (JSON.parse(line) as { message: string }).message,
      );
      expect(messages).toEqual([waiting, waiting, waiting, waiting]);
      const lines = await logLines({ WAIT: '45000' });
      expect(lines.filter((line) => line.endsWith(` INFO ${waiting}`))).toHaveLength(4);
      expect(lines).toHaveLength(8);
    });

    it('unless only warnings are logged', async () => {
      expect(await logLines({ LOGLEVEL: 'WARNING', WAIT: '45000' })).toEqual([]);
    });
  });
});

describe('Gauge', () => {
  const total = 10_000;

  it.each([
    ['at the beginning of a read', [], 500, { rows: 0, percent: undefined, rate: undefined }],
    ['during a read', [1, 2, 3, 4], 4000, { rows: 2000, percent: 20, rate: 500, toGo: 16 }],
    // The first 30 pages of a run arrive in a burst, which says nothing about the following hour.
    [
      'after a read has slowed down',
      [1, 1, 1, 70, 100],
      110_000,
      { rows: 2500, rate: 1000 / 109, toGo: 817.5 },
    ],
    ['after a read has stalled', [1], 200_000, { rows: 500, percent: 5, rate: 0, toGo: undefined }],
  ])('returns figures %s', (_case, seconds, now, figures) => {
    const gauge = new Gauge(0);
    seconds.forEach((second, at) => gauge.reach((at + 1) * 500, total, second * 1000));
    expect(gauge.figures(now)).toMatchObject(figures);
  });

  it('never exceeds 100 %', () => {
    const gauge = new Gauge(0);
    gauge.reach(1000, 800, 1000);
    expect(gauge.figures(3000)).toMatchObject({ percent: 100, toGo: 0 });
  });
});

describe('statusLines', () => {
  it('aligns the figures in columns and ends with the rate limit', () => {
    const known = { rows: 12_500, total: 1_000_000, percent: 1, rate: 740.4, toGo: 4804.2 };
    const unknown = { rows: 7, total: undefined, percent: undefined, rate: 2, toGo: undefined };
    const reads = [
      { name: 'leads + leadspersons', ...known },
      { name: 'boxes', ...unknown },
    ];
    expect(statusLines(reads, 1)).toEqual([
      'leads + leadspersons  12,500 of 1,000,000  1 %  740 rows/s  1:20:05 to go',
      'boxes                                   7         2 rows/s',
      '1 request left within the rate limit',
    ]);
  });
});
