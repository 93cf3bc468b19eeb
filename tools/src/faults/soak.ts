import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { targetCommand } from '../bench/target.ts';

const MIB = 1024 * 1024;
const ROWS = Number(process.env['FAULT_ROWS'] ?? 10_000_000);
/** By then the engine has given itself all the room for young objects that it ever takes. */
const WARM_UP_ROWS = 2_000_000;
/** Bytes of memory that each million rows after the first two may add. */
const MOST_A_MILLION = MIB;
const MOST_LOG = 256 * MIB;

interface Look {
  readonly rows: number;
  readonly memory: number;
  readonly log: number;
  readonly files: number;
  readonly threads: number;
}

/**
 * Loads a stream of millions of rows, and looks now and then at what the target holds.
 * @returns what grew; nothing where all stayed as it was
 */
export async function soak(): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  try {
    return verdict(await looks(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function looks(folder: string): Promise<Look[]> {
  const writer = join(import.meta.dirname, '..', 'bench', 'lead-writer.ts');
  const tap = spawn(
    process.execPath,
    ['--conditions=@exact-spotter/source', writer, String(ROWS)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const target = spawn(process.execPath, targetCommand(folder), {
    stdio: [tap.stdout, 'pipe', 'inherit'],
  });
  tap.stdout.destroy();
  let rows = 0;
  target.stdout.on('data', (chunk: Buffer) => {
    const ids = chunk.toString().match(/"id":(\d+)/g);
    rows = Number(ids?.at(-1)?.slice(5) ?? rows) || rows;
  });
  const closed = once(target, 'close');
  const found: Look[] = [];
  for (;;) {
    const ended = await Promise.race([closed, wait(1000)]);
    if (ended !== undefined) {
      if (ended[0] !== 0) throw new Error('the target failed');
      return found;
    }
    found.push({ rows, ...lookAt(target.pid, folder) });
  }
}

function lookAt(pid: number | undefined, folder: string): Omit<Look, 'rows'> {
  const process_ = join('/proc', String(pid));
  const status = readFileSync(join(process_, 'status'), 'utf8');
  const number = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  return {
    memory: number('VmRSS') * 1024,
    threads: number('Threads'),
    files: readdirSync(join(process_, 'fd')).length,
    log: statSync(join(folder, 'data.sqlite-wal'), { throwIfNoEntry: false })?.size ?? 0,
  };
}

function verdict(found: readonly Look[]): string | undefined {
  const warm = found.filter(({ rows }) => rows >= WARM_UP_ROWS);
  const half = Math.floor(warm.length / 2);
  if (half === 0) return 'too few rows to tell: give FAULT_ROWS more than two million';
  const [early, late] = [warm.slice(0, half), warm.slice(half)];
  const millions = (mean(late, 'rows') - mean(early, 'rows')) / 1e6;
  const growth = (mean(late, 'memory') - mean(early, 'memory')) / millions;
  if (growth > MOST_A_MILLION)
    return `memory grows by ${(growth / MIB).toFixed(1)} MiB a million rows`;
  const log = Math.max(...found.map((look) => look.log));
  if (log > MOST_LOG) return `the write-ahead log grew to ${Math.round(log / MIB)} MiB`;
  const last = late.at(-1);
  const first = early[0];
  if (last && first && (last.files > first.files || last.threads > first.threads))
    return 'files or threads are left open';
  return undefined;
}

function mean(looks: readonly Look[], name: keyof Look): number {
  return looks.reduce((sum, look) => sum + look[name], 0) / looks.length;
}
