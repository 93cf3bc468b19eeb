import { DatabaseSync } from 'node:sqlite';
import { ended, until, type Child } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { integer, lines, nullableText, record, schema, state, TestTarget } from './target.ts';

const declared = schema('t', { id: integer, v: nullableText }, ['id']);
const wide = schema('t', { id: integer, v: nullableText, w: nullableText }, ['id']);
const rows = (from: number, count: number): string =>
  lines(...Array.from({ length: count }, (_, at) => record('t', { id: from + at, v: 'x' })));

/** This input keeps the transaction open, because no STATE follows the row. */
const pending = lines(schema('k', { id: integer }), record('k', { id: 1 }));

/** Takes the write lock of a database. */
function lock(target: TestTarget): DatabaseSync {
  const other = new DatabaseSync(target.database);
  other.exec('BEGIN IMMEDIATE');
  return other;
}

/** Starts a target that logs when it waits for the lock. */
function startVerbose(target: TestTarget): Child {
  return target.start([], { env: { ...process.env, TARGET_SQLITE_LOGLEVEL: 'DEBUG' } });
}

async function untilWaiting(child: Child): Promise<void> {
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await until(() => text.includes('is busy: waiting') || child.exitCode !== null);
  expect(text).toContain('is busy: waiting');
}

/** Starts a target that holds the write lock until its input ends. */
async function startHolding(target: TestTarget): Promise<Child> {
  const child = target.start();
  child.stdin.write(pending);
  await target.untilCommitted('_singer_runs');
  await target.untilLocked();
  return child;
}

describe('a database that another program is writing', () => {
  it('is loaded once the other program commits', async () => {
    const target = new TestTarget();
    await target.load(lines(declared));
    const other = lock(target);
    const child = startVerbose(target);
    const end = ended(child, lines(declared) + rows(1, 3));
    await untilWaiting(child);
    other.exec('COMMIT');
    other.close();
    expect((await end).code).toBe(0);
    expect(target.rows('t')).toHaveLength(3);
  });

  it('fails the run after lock_timeout_seconds and names the file', async () => {
    const target = new TestTarget({ lock_timeout_seconds: 0.5 });
    await target.load(lines(declared));
    const other = lock(target);
    const { code, stderr } = await target.run(lines(declared));
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Another program is writing to the database ${target.database}`);
  });

  it('fails the run and names the process ID if the other program is a target-sqlite', async () => {
    const target = new TestTarget({ lock_timeout_seconds: 0.5 });
    const first = await startHolding(target);
    const end = ended(first);
    const { code, stderr } = await target.run(lines(declared));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /target-sqlite \(process \d+, running since 20.*\) is writing to the database/,
    );
    expect(stderr).toContain(`process ${first.pid}`);
    first.stdin.end();
    expect((await end).code).toBe(0);
  });

  it('does not prevent a waiting run from ending on SIGTERM', async () => {
    const target = new TestTarget();
    await target.load(lines(declared));
    const other = lock(target);
    const child = startVerbose(target);
    const end = ended(child);
    child.stdin.write(lines(declared));
    await untilWaiting(child);
    child.kill('SIGTERM');
    expect((await end).code).toBe(143);
    other.close();
  });

  it('stores the rows and states of two runs that take turns', async () => {
    const target = new TestTarget({ batch_size_rows: 50, state_id: 'one' });
    const other = new TestTarget();
    other.configure({ database: target.database, batch_size_rows: 50, state_id: 'two' });
    const untilStored = (from: number, count: number): Promise<void> =>
      target.until(`SELECT 1 FROM t WHERE id >= ${from} GROUP BY true HAVING count(*) = ${count}`);

    // The first run commits a batch of 50 rows, and keeps the lock because of 20 more rows.
    const one = startVerbose(target);
    const endOfOne = ended(one);
    one.stdin.write(lines(declared) + rows(0, 70));
    await target.untilCommitted('t');
    await target.untilLocked();
    const two = startVerbose(other);
    const endOfTwo = ended(two);
    two.stdin.write(lines(wide) + rows(10_000, 70));
    await untilWaiting(two);

    // The second run acquires the lock when the first run commits. Then the first run has to wait.
    one.stdin.write(lines(state({ at: 0 })));
    await untilStored(10_000, 50);
    one.stdin.write(rows(70, 30));
    await untilWaiting(one);

    two.stdin.end(lines(state({ at: 1 })));
    one.stdin.end(rows(100, 50) + lines(state({ at: 2 })));
    for (const { code, stderr } of await Promise.all([endOfOne, endOfTwo])) {
      expect(code, stderr).toBe(0);
    }
    expect(target.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 220 }]);
    expect(target.query('SELECT state_id, value FROM _singer_state ORDER BY 1')).toEqual([
      { state_id: 'one', value: '{"at":2}' },
      { state_id: 'two', value: '{"at":1}' },
    ]);
    expect(target.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('is inspected again if the other program has changed a table', async () => {
    const target = new TestTarget({ add_record_metadata: false });
    const numbers = schema('t', { id: integer, v: { type: ['null', 'integer'] } }, ['id']);
    const child = target.start();
    const end = ended(child);
    child.stdin.write(lines(numbers, record('t', { id: 1, v: 1 }), state({ a: 1 })));
    await target.untilCommitted('_singer_state');
    const long = '{"type":"RECORD","stream":"t","record":{"id":2,"v":18446744073709551617}}';
    await target.load(lines(numbers, long));
    child.stdin.end(lines(record('t', { id: 3, v: 3 })));
    expect((await end).code).toBe(0);
    expect(target.query('SELECT v, typeof(v) AS type FROM t ORDER BY id')).toEqual([
      { v: 1, type: 'integer' },
      { v: '18446744073709551617', type: 'text' },
      { v: 3, type: 'integer' },
    ]);
  });
});

describe('a database that the target is writing', () => {
  it('can be read during the load', async () => {
    const target = new TestTarget();
    await target.load(lines(declared) + rows(1, 3));
    const child = target.start();
    const end = ended(child);
    child.stdin.write(pending);
    await target.until('SELECT 1 FROM _singer_runs WHERE run = 2');
    await target.untilLocked();
    expect(target.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 3 }]);
    expect(target.isLocked()).toBe(true);
    child.stdin.end();
    expect((await end).code).toBe(0);
  });

  it('is refused if a newer version has written it', async () => {
    const target = new TestTarget();
    await target.load(lines(declared));
    const database = new DatabaseSync(target.database);
    database.exec('UPDATE _singer_runs SET layout = 99');
    database.close();
    for (const args of [[], ['state'], ['runs'], ['verify']]) {
      const { code, stdout, stderr } = await target.run(lines(declared), ...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('was written by a newer version of target-sqlite');
    }
  });

  it('shows a killed run as killed once the next run has started', async () => {
    const target = new TestTarget();
    const child = target.start();
    const end = ended(child);
    child.stdin.write(pending);
    await target.untilCommitted('_singer_runs');
    child.kill('SIGKILL');
    await end;
    await target.load(lines(declared));
    expect(target.query('SELECT outcome FROM _singer_runs')).toEqual([
      { outcome: 'killed' },
      { outcome: 'done' },
    ]);
  });
});
