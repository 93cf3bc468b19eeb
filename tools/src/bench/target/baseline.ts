import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The path of the baseline program, or the reason why it is missing. */
export type Baseline = { readonly program: string } | { readonly missing: string };

/** The build options of the driver's SQLite that affect speed. */
const SQLITE_OPTIONS = [
  '-DSQLITE_THREADSAFE=2',
  '-DSQLITE_DEFAULT_MEMSTATUS=0',
  '-DSQLITE_OMIT_SHARED_CACHE',
  '-DSQLITE_ENABLE_STAT4',
];

/** Builds `baseline.cc` with g++ and simdjson, unless the program is newer than its source. */
export function buildBaseline(): Baseline {
  const root = join(import.meta.dirname, '..', '..', '..', '..');
  const sqlite = join(root, 'node_modules', 'better-sqlite3', 'deps', 'sqlite3');
  const source = join(import.meta.dirname, 'baseline.cc');
  const folder = join(root, 'node_modules', '.cache', 'bench');
  const program = join(folder, 'baseline');
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs)
    return { program };
  mkdirSync(folder, { recursive: true });
  const object = join(folder, 'sqlite3.o');
  try {
    if (!existsSync(object)) {
      compile('gcc', ['-O2', '-c', ...SQLITE_OPTIONS, join(sqlite, 'sqlite3.c'), '-o', object]);
    }
    compile('g++', [
      '-std=c++17',
      '-O2',
      `-I${sqlite}`,
      source,
      object,
      '-lsimdjson',
      '-lpthread',
      '-ldl',
      '-lm',
      '-o',
      program,
    ]);
  } catch {
    return { missing: 'the baseline needs g++ and libsimdjson-dev' };
  }
  return { program };
}

function compile(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'ignore' });
}
