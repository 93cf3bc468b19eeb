import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  ended,
  integer,
  lines,
  nullableText,
  record,
  schema,
  state,
  TestTarget,
} from './target.ts';

const declared = schema('t', { id: integer, v: nullableText }, ['id']);
const rows = (from: number, count: number): string =>
  lines(...Array.from({ length: count }, (_, at) => record('t', { id: from + at, v: 'x' })));

describe('one writer', () => {
  it('waits while another program writes', async () => {
    const target = new TestTarget();
    await target.load(lines(declared));
    const other = new DatabaseSync(target.database);
    other.exec('BEGIN IMMEDIATE');
    const child = target.start();
    child.stdin.end(lines(declared) + rows(1, 3));
    const end = ended(child);
    await wait(1500);
    other.exec('COMMIT');
    other.close();
    expect((await end).code).toBe(0);
    expect(target.rows('t')).toHaveLength(3);
  });

  it('waits no longer than it is told to, and names the file', async () => {
    const target = new TestTarget({ lock_timeout_seconds: 0.5 });
    await target.load(lines(declared));
    const other = new DatabaseSync(target.database);
    other.exec('BEGIN IMMEDIATE');
    const { code, stderr } = await target.run(lines(declared));
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`The database ${target.database} is being written by another program`);
  });

  it('says who, where it is one of ours', async () => {
    const target = new TestTarget({ lock_timeout_seconds: 0.5 });
    const first = target.start();
    const end = ended(first);
    // A row without a STATE behind it keeps the transaction open.
    first.stdin.write(lines(schema('k', { id: integer }), record('k', { id: 1 })));
    await target.untilMade();
    await target.until("SELECT 1 FROM _singer_runs WHERE outcome = 'running'");
    await wait(400);
    const { code, stderr } = await target.run(lines(declared));
    expect(code).toBe(1);
    expect(stderr).toMatch(/is being written by target-sqlite, process \d+, since 20/);
    expect(stderr).toContain(`process ${first.pid}`);
    first.stdin.end();
    expect((await end).code).toBe(0);
  });

  it('ends on SIGTERM while it waits', async () => {
    const target = new TestTarget();
    await target.load(lines(declared));
    const other = new DatabaseSync(target.database);
    other.exec('BEGIN IMMEDIATE');
    const child = target.start();
    child.stdin.write(lines(declared));
    const end = ended(child);
    await wait(1500);
    child.kill('SIGTERM');
    expect((await end).code).toBe(0);
    other.close();
  });

  it('two at once write what both were given, each state apart', async () => {
    const targets = ['one', 'two'].map(
      (id) => new TestTarget({ state_id: id, batch_size_rows: 50 }),
    );
    const [target = new TestTarget()] = targets;
    const wide = schema('t', { id: integer, v: nullableText, w: nullableText }, ['id']);
    const children = targets.map((own, at) => {
      own.configure({
        database: target.database,
        state_id: own === target ? 'one' : 'two',
        batch_size_rows: 50,
      });
      const child = own.start();
      child.stdin.end(
        lines(at === 0 ? declared : wide) + rows(at * 10_000, 3000) + lines(state({ at })),
      );
      return ended(child);
    });
    for (const { code, stderr } of await Promise.all(children)) expect(code, stderr).toBe(0);
    expect(target.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 6000 }]);
    expect(target.query('SELECT state_id, value FROM _singer_state ORDER BY 1')).toEqual([
      { state_id: 'one', value: '{"at":0}' },
      { state_id: 'two', value: '{"at":1}' },
    ]);
    expect(target.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  });

  it('goes on by the form that another gave the table meanwhile', async () => {
    const target = new TestTarget({ add_record_metadata: false });
    const numbers = schema('t', { id: integer, v: { type: ['null', 'integer'] } }, ['id']);
    const child = target.start();
    const end = ended(child);
    child.stdin.write(lines(numbers, record('t', { id: 1, v: 1 }), state({ a: 1 })));
    await target.untilMade();
    await target.until('SELECT 1 FROM _singer_state');
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

  it('does not block readers', async () => {
    const target = new TestTarget();
    await target.load(lines(declared) + rows(1, 3));
    const child = target.start();
    const end = ended(child);
    child.stdin.write(lines(schema('k', { id: integer }), record('k', { id: 1 })));
    await wait(600);
    expect(target.query('SELECT count(*) AS n FROM t')).toEqual([{ n: 3 }]);
    child.stdin.end();
    expect((await end).code).toBe(0);
  });
});

describe('a database that may not be written', () => {
  it('is of a newer version of ours', async () => {
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

  it('notes that a run was killed, when the next begins', async () => {
    const target = new TestTarget();
    const child = target.start();
    child.stdin.write(lines(schema('k', { id: integer }), record('k', { id: 1 })));
    await target.untilMade();
    await target.until('SELECT 1 FROM _singer_runs');
    child.kill('SIGKILL');
    await ended(child);
    await target.load(lines(declared));
    expect(target.query('SELECT outcome FROM _singer_runs')).toEqual([
      { outcome: 'killed' },
      { outcome: 'done' },
    ]);
  });
});
