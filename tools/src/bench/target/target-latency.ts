import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { stateLine } from '@exact-spotter/singer';
import type { Figure, Measured } from '../figure.ts';
import { median, quantile } from '../interleave.ts';
import { leadLine, leadsSchema } from './lead-lines.ts';
import { inFolder, targetCommand } from '../processes.ts';

const ROWS_PER_STATE = 100;
const STATES = 600;
const IDLE_STATES = 8;

/**
 * Measures the time from receiving a STATE to printing it. The target prints a STATE only after the
 * rows before it are on disk.
 */
export const targetLatency: Figure = {
  name: 'target-latency',
  measure: () => inFolder(measure),
};

async function measure(folder: string): Promise<Measured[]> {
  const [program, ...args] = targetCommand(folder);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const sent = new Map<number, number>();
  const waits: number[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    const now = performance.now();
    for (const line of chunk.toString().trim().split('\n')) {
      const { at: state } = JSON.parse(line) as { at: number };
      // A STATE also acknowledges the STATEs before it.
      for (const [at, when] of sent) {
        if (at > state) continue;
        waits.push(now - when);
        sent.delete(at);
      }
    }
  });
  let id = 0;
  const send = async (at: number): Promise<void> => {
    let lines = at === 0 ? leadsSchema() : '';
    for (let row = 0; row < ROWS_PER_STATE; row += 1) lines += leadLine((id += 1));
    if (!child.stdin.write(lines + stateLine({ at }))) await once(child.stdin, 'drain');
    sent.set(at, performance.now());
  };
  await send(0);
  while (waits.length === 0) await wait(10);
  waits.length = 0;
  for (let at = 1; at <= IDLE_STATES; at += 1) {
    await send(at);
    await wait(500);
  }
  const idle = [...waits];
  waits.length = 0;
  for (let at = 1; at <= STATES; at += 1) {
    await send(IDLE_STATES + at);
    // Waits for the target to catch up, so that little is queued in the pipe.
    while (sent.size > 3) await wait(1);
  }
  child.stdin.end();
  await once(child, 'close');
  return [
    {
      what: 'STATE in to STATE out, idle',
      value: Math.max(...idle),
      unit: 'ms',
      limit: { atMost: 1000 },
      detail: `the slowest of ${idle.length}`,
    },
    {
      what: 'STATE in to STATE out, under load, 99th percentile',
      value: quantile(waits, 0.99),
      unit: 'ms',
      limit: { atMost: 50 },
      detail: `median ${Math.round(median(waits))} ms`,
    },
  ];
}
