import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { targetCommand } from '../bench/processes.ts';

const MIB = 1024 * 1024;
const ROWS = Number(process.env['FAULT_ROWS'] ?? 10_000_000);
/** V8's young generation reaches its full size within this number of rows. */
const WARM_UP_ROWS = 2_000_000;
/** Bytes by which memory may grow for each further million rows. */
const MAX_PER_MILLION = MIB;
const MAX_WAL = 256 * MIB;

interface Sample {
  readonly rows: number;
  readonly memory: number;
  readonly wal: number;
  readonly files: number;
  readonly threads: number;
}

/**
 * Loads a stream of millions of rows and samples the target's memory, files and threads.
 * @returns undefined if nothing grew; otherwise a description of what grew
 */
export async function soak(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  try {
    return findGrowth(await takeSamples(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function takeSamples(folder: string): Promise<Sample[]> {
  const writer = join(import.meta.dirname, '..', 'bench', 'target', 'lead-lines.ts');
  const tap = spawn(
    process.execPath,
    ['--conditions=@exact-spotter/source', writer, String(ROWS)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [program, ...args] = targetCommand(folder);
  const target = spawn(program, args, {
    stdio: [tap.stdout, 'pipe', 'inherit'],
  });
  tap.stdout.destroy();
  let rows = 0;
  target.stdout.on('data', (chunk: Buffer) => {
    const ids = chunk.toString().match(/"id":(\d+)/g);
    rows = Number(ids?.at(-1)?.slice(5) ?? rows) || rows;
  });
  const closed = once(target, 'close');
  const found: Sample[] = [];
  for (;;) {
    const ended = await Promise.race([closed, wait(1000)]);
    if (ended !== undefined) {
      if (ended[0] !== 0) throw new Error('the target failed');
      return found;
    }
    found.push({ rows, ...sample(target.pid, folder) });
  }
}

function sample(pid: number | undefined, folder: string): Omit<Sample, 'rows'> {
  const process_ = join('/proc', String(pid));
  const status = readFileSync(join(process_, 'status'), 'utf8');
  const number = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return {
    memory: number('VmRSS') * 1024,
    threads: number('Threads'),
    files: readdirSync(join(process_, 'fd')).length,
    wal: statSync(join(folder, 'data.sqlite-wal'), { throwIfNoEntry: false })?.size ?? 0,
  };
}

function findGrowth(found: readonly Sample[]): string | undefined {
  const warm = found.filter(({ rows }) => rows >= WARM_UP_ROWS);
  const half = Math.floor(warm.length / 2);
  if (half === 0) return 'too few rows: set FAULT_ROWS to more than two million';
  const [early, late] = [warm.slice(0, half), warm.slice(half)];
  const millions = (mean(late, 'rows') - mean(early, 'rows')) / 1e6;
  const growth = (mean(late, 'memory') - mean(early, 'memory')) / millions;
  if (growth > MAX_PER_MILLION)
    return `memory grows by ${(growth / MIB).toFixed(1)} MiB per million rows`;
  const wal = Math.max(...found.map(({ wal }) => wal));
  if (wal > MAX_WAL) return `the write-ahead log grew to ${Math.round(wal / MIB)} MiB`;
  const last = late.at(-1);
  const first = early[0];
  if (last && first && (last.files > first.files || last.threads > first.threads))
    return 'files or threads leak';
  return undefined;
}

function mean(samples: readonly Sample[], name: keyof Sample): number {
  return samples.reduce((sum, one) => sum + one[name], 0) / samples.length;
}
