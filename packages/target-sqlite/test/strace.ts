import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, ended, type Ended, type TestTarget } from './target.ts';

/** False where there is no strace, or where it may not watch other programs. */
export const hasStrace =
  process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

export interface Traced extends Ended {
  /** The calls, one a line, as strace writes them. */
  readonly calls: string[];
}

/** Runs the target under strace. @param options what to watch, and what to do to it */
export async function traced(
  target: TestTarget,
  input: string,
  options: readonly string[],
): Promise<Traced> {
  const log = join(target.folder, 'strace.log');
  const child = spawn('strace', [
    ...['-f', '-qq', '-y', '-o', log, ...options],
    ...[process.execPath, '--conditions=@exact-spotter/source', bin, '--config', target.config],
  ]);
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const end = await ended(child);
  return { ...end, calls: readFileSync(log, 'utf8').split('\n') };
}
