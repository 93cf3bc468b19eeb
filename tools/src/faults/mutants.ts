import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A deliberate error in the target's sources that must make the named test fail. */
export interface Mutant {
  readonly name: string;
  /** Path relative to the target's `src`. */
  readonly file: string;
  /** Text that occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Name of a file in the target's `test`. */
  readonly test: string;
}

const root = join(import.meta.dirname, '..', '..', '..');
const PACKAGE = join('packages', 'target-sqlite');

/**
 * Runs a mutant's test in a copy of the target, first without the mutant and then with it.
 * @returns undefined if the test passes without the mutant and fails with it; otherwise the problem
 */
export function tryMutant({ file, from, to, test }: Mutant): string | undefined {
  const copy = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    mkdirSync(join(copy, 'packages'));
    cpSync(join(root, PACKAGE), join(copy, PACKAGE), { recursive: true });
    for (const shared of ['node_modules', 'test-data', 'tools']) {
      symlinkSync(join(root, shared), join(copy, shared));
    }
    // These files are copied, not linked, so that paths relative to them, such as the report paths,
    // lead into the copy.
    for (const shared of ['vitest.config.ts', 'tsconfig.base.json', 'package.json']) {
      cpSync(join(root, shared), join(copy, shared));
    }
    const path = join(copy, PACKAGE, 'src', file);
    const source = readFileSync(path, 'utf8');
    if (source.split(from).length !== 2)
      return 'the text to replace does not occur exactly once: update the mutant';
    if (runTest(copy, test) !== 0) return `${test} fails without the mutant`;
    writeFileSync(
      path,
      source.replace(from, () => to),
    );
    return runTest(copy, test) === 0 ? `no test in ${test} failed` : undefined;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function runTest(copy: string, test: string): number | null {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--config', '../../vitest.config.ts', '--bail=1', `test/${test}`];
  return spawnSync(process.execPath, args, { cwd: join(copy, PACKAGE), stdio: 'ignore' }).status;
}

export const mutants: readonly Mutant[] = [
  {
    name: 'STATE is printed before COMMIT',
    file: 'session/committer.ts',
    from: '    this.#transaction.commit();\n',
    to: '    if (state !== undefined) this.#print(state);\n    this.#transaction.commit();\n',
    test: 'durability.test.ts',
  },
  {
    name: 'commits are not synced (synchronous = NORMAL)',
    file: 'database/connection.ts',
    from: 'synchronous = FULL',
    to: 'synchronous = NORMAL',
    test: 'durability.test.ts',
  },
  {
    name: 'an upsert replaces the whole row',
    file: 'database/rows.ts',
    from: "const action = changes.length === 0 ? 'NOTHING' : `UPDATE SET ${changes.join(', ')}`;\n",
    to: "if (changes.length > 0) return insert.replace('INSERT', 'INSERT OR REPLACE');\n  const action = 'NOTHING';\n",
    test: 'schema-change.test.ts',
  },
  {
    name: 'a row without a key joins the transaction of the previous STATE',
    file: 'session/session.ts',
    from: "const isHeld = this.committer.holdsState && message.type === 'RECORD';",
    to: "const isHeld = this.committer.holdsState && message.type === 'STATE';",
    test: 'state.test.ts',
  },
  {
    name: 'rows without a key are committed between two STATEs',
    file: 'session/committer.ts',
    from: 'if (!this.#hasKeylessRows) this.commit();',
    to: 'this.commit();',
    test: 'load-method.test.ts',
  },
  {
    name: 'rows after the last STATE are committed despite bad input',
    file: 'session/committer.ts',
    from: '      this.#transaction.undoToMark();\n',
    to: '',
    test: 'state.test.ts',
  },
  {
    name: 'bad input rolls back rows before the last STATE',
    file: 'session/with-session.ts',
    from: 'if (error instanceof InputError) committer.abandon();',
    to: 'if (error instanceof InputError) committer.rollback();',
    test: 'state.test.ts',
  },
  {
    name: 'the state is not written in the transaction of its rows',
    file: 'session/committer.ts',
    from: '    if (state !== undefined) this.#saveState(state);\n',
    to: '',
    test: 'state.test.ts',
  },
  {
    name: 'a property that a record lacks keeps its old value',
    file: 'database/rows.ts',
    from: '    ...reset.map((name) => `${quote(name)} = NULL`),\n',
    to: '',
    test: 'load.test.ts',
  },
  {
    name: 'the old children of a replaced parent are not deleted',
    file: 'session/records.ts',
    from: 'if (deletedAt === null && this.#context.replacesChildren)',
    to: 'if (deletedAt === null && !this.#context.replacesChildren)',
    test: 'deletes.test.ts',
  },
  {
    name: 'a numeric column stores a string as a double',
    file: 'record/bind.ts',
    from: "  if (type !== 'any') return undefined;\n  return MINUS_ZERO",
    to: '  return MINUS_ZERO',
    test: 'values.test.ts',
  },
];
