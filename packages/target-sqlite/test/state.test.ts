import { copyFileSync } from 'node:fs';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { ended } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { integer, lines, record, schema, state, stream, TestTarget } from './target.ts';

const declared = schema('t', { id: integer }, ['id']);
const keyless = schema('k', { id: integer });

describe('STATE', () => {
  it('is stored and printed verbatim and in order, always including the last one', async () => {
    const target = new TestTarget();
    const sent = ['{"a":1,"b":0}', '{"a":3,"b":2}', '{"a":5,"b":6}'];
    const printed = (await target.load(stream('several-states'))).trim().split('\n');
    expect(sent.filter((text) => printed.includes(text))).toEqual(printed);
    expect(printed.at(-1)).toBe(sent.at(-1));
    expect((await target.run('', 'state')).stdout).toBe(`${String(sent.at(-1))}\n`);
  });

  it.each([
    '{"2":1,"1":12345678901234567890,"x":1.10,"y":-0}',
    '{ "spaced" : [ 1, 2 ] }',
    '"text"',
    '[1]',
    '{"a":"\\ud800\\u0000"}',
  ])('is printed verbatim: %s', async (value) => {
    const target = new TestTarget();
    const text = lines(declared, record('t', { id: 1 }), `{"type":"STATE","value":${value}}`);
    expect(await target.load(text)).toBe(`${value}\n`);
    expect((await target.run('', 'state')).stdout).toBe(`${value}\n`);
  });

  it('does not replace the stored bookmark if it is empty', async () => {
    const target = new TestTarget();
    await target.load(lines(declared, state({ a: 1 })));
    expect(await target.load(lines(declared, state({}), state(null)))).toBe('');
    expect((await target.run('', 'state')).stdout).toBe('{"a":1}\n');
  });

  it('is printed as {} if no state is stored, without creating a database', async () => {
    const target = new TestTarget();
    expect(await target.run('', 'state')).toMatchObject({
      ...{ code: 0, stdout: '{}\n', stderr: '' },
    });
    expect(target.exists).toBe(false);
    await target.load(lines(declared));
    expect((await target.run('', 'state')).stdout).toBe('{}\n');
  });

  it('can be read after a program was killed in the middle of a write', async () => {
    const target = new TestTarget();
    await target.load(lines(declared, state({ a: 1 })));
    const writer = new DatabaseSync(target.database);
    // With such a small cache, SQLite writes to the file before the transaction ends, and keeps a
    // journal beside the file.
    writer.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; CREATE TABLE big (x)');
    writer.exec(`BEGIN; UPDATE _singer_state SET value = '{"a":2}';
      INSERT INTO big WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
      SELECT randomblob(9000) FROM n`);
    const left = new TestTarget();
    for (const end of ['', '-journal']) copyFileSync(target.database + end, left.database + end);
    writer.close();
    expect(await left.run('', 'state')).toMatchObject({
      ...{ code: 0, stdout: '{"a":1}\n', stderr: '' },
    });
  });

  it('is stored per state_id', async () => {
    const target = new TestTarget({ state_id: 'one' });
    await target.load(lines(declared, state({ of: 'one' })));
    target.configure({ state_id: 'other' });
    expect((await target.run('', 'state')).stdout).toBe('{}\n');
    await target.load(lines(declared, state({ of: 'other' })));
    target.configure({ state_id: 'one' });
    expect((await target.run('', 'state')).stdout).toBe('{"of":"one"}\n');
  });

  it.each([
    ['a stream with a key', declared, 't'],
    ['a stream without a key', keyless, 'k'],
  ])('is committed and printed when the tap falls silent: %s', async (_name, first, name) => {
    const target = new TestTarget();
    const child = target.start();
    child.stdin.write(lines(first, state({ a: 0 })));
    await once(child.stdout, 'data');
    // Two STATEs arrive at once. The target commits at the first STATE, and only sets a mark at the
    // second STATE.
    const last = { id: 3 };
    child.stdin.write(
      lines(
        ...[record(name, { id: 1 }), state({ a: 1 }), record(name, { id: 2 }), state({ a: 2 })],
        record(name, last),
      ),
    );
    // The input remains open, so the target commits only because the tap is silent.
    for (let printed = ''; !printed.endsWith('{"a":2}\n');) {
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      printed += chunk.toString();
    }
    expect(target.query('SELECT value FROM _singer_state')).toEqual([{ value: '{"a":2}' }]);
    // A row without a key must not be committed before its STATE, or it would be loaded twice.
    if (name === 'k') expect(target.rows(name)).toEqual([{ id: 1 }, { id: 2 }]);
    child.stdin.end();
    expect((await ended(child)).code).toBe(0);
    expect(target.rows(name)).toEqual([{ id: 1 }, { id: 2 }, last]);
  });
});

describe('a run that ends early', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    'keeps exactly the rows that the last STATE covers after %s, and exits with %s',
    async (signal, expected) => {
      const target = new TestTarget();
      const child = target.start();
      child.stdin.write(
        lines(keyless, record('k', { id: 1 }), state({ a: 1 }), record('k', { id: 2 })),
      );
      const end = ended(child);
      await once(child.stdout, 'data');
      child.stdin.write(lines(record('k', { id: 3 })));
      await target.untilLocked();
      child.kill(signal);
      const { code, stderr } = await end;
      expect(code).toBe(expected);
      expect(stderr).toContain(`${signal} stopped the run, so the copy is incomplete`);
      expect(target.rows('k')).toEqual([{ id: 1 }]);
      expect(target.query('SELECT outcome FROM _singer_runs')).toEqual([{ outcome: 'stopped' }]);
    },
  );

  it('keeps exactly the rows that the last STATE covers after bad input', async () => {
    const target = new TestTarget();
    // Several STATEs arrive at once. The target commits at the first STATE, and only sets a mark at
    // each later STATE.
    const { code, stdout } = await target.run(
      lines(
        ...[declared, record('t', { id: 1 }), state({ a: 1 }), record('t', { id: 2 })],
        ...[state({ a: 2 }), record('t', { id: 3 }), state({ a: 3 }), record('t', { id: 4 })],
        'no message',
      ),
    );
    expect(code).toBe(1);
    expect(stdout.trim().split('\n').at(-1)).toBe('{"a":3}');
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(target.query('SELECT outcome, rows FROM _singer_runs')).toEqual([
      { outcome: 'failed', rows: '{"t":3}' },
    ]);
  });

  it('keeps no rows after bad input before the first STATE', async () => {
    const target = new TestTarget();
    const { code, stdout } = await target.run(
      lines(declared, record('t', { id: 1 }), 'no message'),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(target.query(`SELECT name FROM sqlite_schema WHERE name = 't'`)).toEqual([]);
  });

  it('loads all rows if its output is closed, and then exits with 1', async () => {
    const target = new TestTarget();
    const child = target.start();
    child.stdout.destroy();
    child.stdin.write(lines(declared, record('t', { id: 1 }), state({ a: 1 })));
    await target.untilCommitted('_singer_state');
    child.stdin.end(lines(record('t', { id: 2 }), state({ a: 2 })));
    const { code, stderr } = await ended(child);
    expect(code).toBe(1);
    expect(stderr).not.toMatch(/EPIPE|at .*\.ts/);
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 2 }]);
    expect(target.query('SELECT value FROM _singer_state')).toEqual([{ value: '{"a":2}' }]);
  });
});
