import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, type Ended } from '@exact-spotter/testing';
import { command, type TestTarget } from './target.ts';

/**
 * True if strace is installed and permitted to trace. Tests that need strace say so in their names.
 */
export const hasStrace =
  process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

export interface Traced extends Ended {
  /** The system calls, one per line, in strace's format. */
  readonly calls: string[];
}

/** Runs the target under strace. @param options the calls to trace and the errors to inject */
export async function traced(
  target: TestTarget,
  input: string,
  options: readonly string[],
): Promise<Traced> {
  const log = join(target.folder, 'strace.log');
  const args = ['-f', '-qq', '-y', '-o', log, ...options, ...command, '--config', target.config];
  const end = await execute('strace', args, { input });
  return { ...end, calls: readFileSync(log, 'utf8').split('\n') };
}
