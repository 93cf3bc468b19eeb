import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makePipe } from './pipe.ts';

/** How a program ran. */
export interface Ran {
  readonly seconds: number;
  /** The most memory that it held, in bytes; nothing where the system does not tell. */
  readonly peak: number | undefined;
}

/** Milliseconds between two looks at the memory of a program. */
const LOOK = 50;

/** Runs a command, the output of another piped into it; fails where it fails. */
export async function run(
  command: string,
  args: readonly string[],
  source: readonly [string, ...string[]] = ['true'],
): Promise<Ran> {
  const [name, ...rest] = source;
  const start = performance.now();
  const pipe = makePipe();
  spawn(name, rest, { stdio: ['ignore', pipe.writeEnd, 'inherit'] });
  const child = spawn(command, [...args], { stdio: [pipe.readEnd, 'ignore', 'pipe'] });
  pipe.close();
  const stderr: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
  const peak = watchMemory(child.pid);
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${command} failed: ${Buffer.concat(stderr).toString()}`);
  return { seconds, peak: peak.stop() };
}

/** The system keeps the peak itself: it is enough to look now and then while the program lives. */
function watchMemory(pid: number | undefined): { stop: () => number | undefined } {
  let peak: number | undefined;
  let isOn = true;
  const look = async (): Promise<void> => {
    while (isOn) {
      peak = peakOf(pid) ?? peak;
      await wait(LOOK);
    }
  };
  void look();
  return {
    stop: () => {
      isOn = false;
      return peak;
    },
  };
}

function peakOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}

/** Does something in a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
