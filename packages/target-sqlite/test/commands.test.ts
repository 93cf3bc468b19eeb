import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import {
  integer,
  lines,
  nullableText,
  record,
  schema,
  state,
  stream,
  TestTarget,
} from './target.ts';

const numbers = schema('t', { id: integer, n: { type: ['null', 'number'] } }, ['id']);
const texts = schema('t', { id: integer, n: { type: ['null', 'number', 'string'] } }, ['id']);
const bad = (id: number): object => record('t', { id, n: 'canary' }, { version: 3 });
const quarantine = { on_invalid_record: 'quarantine' };

describe('quarantine', () => {
  it('stores invalid records with the reason while the run continues', async () => {
    const target = new TestTarget(quarantine);
    const { code, stdout, stderr } = await target.run(
      lines(numbers, bad(1), record('t', { id: 2, n: 2 }), record('t', { n: 1 }), state({ a: 1 })),
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"a":1}\n' });
    expect(stderr).toContain('Records quarantined in _singer_quarantine: 2');
    expect(target.rows('t')).toEqual([{ id: 2, n: 2 }]);
    const list = await target.run('', 'quarantine', 'list');
    expect(list.stdout.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^1 {2}\S+ {2}t {2}line 2 {2}column "n": the value is a string, and the schema allows only null, number$/,
      ),
      expect.stringMatching(/^2 {2}\S+ {2}t {2}line 4 {2}column "id": the key is missing$/),
    ]);
    expect(stderr + list.stdout).not.toContain('canary');
  });

  it('exports records as Singer messages that a target can load', async () => {
    const target = new TestTarget(quarantine);
    await target.load(lines(numbers, bad(1), bad(5)));
    const file = join(target.folder, 'kept.singer');
    expect((await target.run('', 'quarantine', 'export', file)).code).toBe(0);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const other = new TestTarget({ validate_records: false });
    await other.load(readFileSync(file));
    expect(other.rows('t')).toEqual([
      { id: 1, n: 'canary' },
      { id: 5, n: 'canary' },
    ]);
    const missing = await target.run('', 'quarantine', 'export', join(target.folder, 'no', 'way'));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('cannot be written');
  });

  it('replays records after a fix, but drops a record if a later record with its key was loaded', async () => {
    const target = new TestTarget(quarantine);
    await target.load(lines(numbers, bad(1), bad(2), record('t', { n: 5 })));
    expect((await target.run('', 'quarantine', 'replay')).code).toBe(0);
    expect(target.query('SELECT count(*) AS n FROM _singer_quarantine')).toEqual([{ n: 3 }]);
    await target.load(lines(texts, record('t', { id: 2, n: 22 }), state({ a: 1 })));
    const { code, stdout, stderr } = await target.run('', 'quarantine', 'replay');
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(
      'Records dropped because a later record with the same key was loaded: 1',
    );
    expect(target.rows('t')).toEqual([
      { id: 1, n: 'canary' },
      { id: 2, n: '22' },
    ]);
    const left = target.query('SELECT reason FROM _singer_quarantine');
    expect(left).toEqual([{ reason: 'column "id": the key is missing' }]);
    expect((await target.run('', 'state')).stdout).toBe('{"a":1}\n');
  });

  it('keeps the children of a replayed record', async () => {
    const target = new TestTarget(quarantine);
    const broken = stream('family').replace('"value":"web"', '"value":5');
    await target.load(broken);
    expect(target.alive('sources').map(({ id }) => id)).toEqual([2]);
    target.configure({ ...quarantine, validate_records: false });
    await target.run('', 'quarantine', 'replay');
    expect(
      target
        .alive('sources')
        .map(({ value }) => value)
        .sort(),
    ).toEqual(['5', 'fair']);
    expect(target.alive('sources__subSources')).toHaveLength(3);
  });

  it('is separate for each state_id', async () => {
    const target = new TestTarget({ ...quarantine, state_id: 'a', table_prefix: 'a_' });
    await target.load(lines(numbers, bad(1)));
    target.configure({ ...quarantine, state_id: 'b', table_prefix: 'b_' });
    await target.load(lines(texts, schema('u', { id: integer }, ['id']), record('u', { id: 'x' })));
    const list = await target.run('', 'quarantine', 'list');
    expect(list.stdout).toMatch(/^2 {2}\S+ {2}u {2}line 3 {2}[^\n]*\n$/);
    target.configure({ validate_records: false, state_id: 'b', table_prefix: 'b_' });
    expect((await target.run('', 'quarantine', 'replay')).code).toBe(0);
    expect(target.rows('b_u')).toEqual([{ id: 'x' }]);
    expect(target.rows('b_t')).toEqual([]);
    target.configure({ validate_records: false, state_id: 'a', table_prefix: 'a_' });
    expect((await target.run('', 'quarantine', 'replay')).code).toBe(0);
    expect(target.rows('a_t')).toEqual([{ id: 1, n: 'canary' }]);
  });

  it('fails the run if it exceeds max_quarantined', async () => {
    const target = new TestTarget({ ...quarantine, max_quarantined: 2 });
    const { code, stderr } = await target.run(lines(numbers, bad(1), bad(2), bad(3)));
    expect(code).toBe(1);
    expect(stderr).toContain('line 4, stream "t", column "n": the value is a string');
    expect(stderr).toContain('more than max_quarantined (2) records');
  });

  it('does not accept a line that is not a message, so the run fails', async () => {
    const { code } = await new TestTarget(quarantine).run(lines(numbers, 'no message'));
    expect(code).toBe(1);
  });

  it('is empty if there is no database', async () => {
    const target = new TestTarget();
    for (const command of ['list', 'replay']) {
      const { code, stdout, stderr } = await target.run('', 'quarantine', command);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('INFO No records are quarantined.\n');
    }
    expect(target.exists).toBe(false);
  });
});

describe('runs', () => {
  it('lists the start, outcome, rows, bytes and seconds of each run', async () => {
    const target = new TestTarget();
    await target.load(stream('family'));
    await target.run(lines(numbers, bad(1)));
    const { stdout } = await target.run('', 'runs', '--format', 'json');
    const runs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(runs).toMatchObject([
      {
        run: 1,
        state_id: 'default',
        outcome: 'done',
        reason: null,
        rows: { sources: 2, sources__subSources: 3, subSources__tags: 2 },
        bytes: Buffer.byteLength(stream('family')),
      },
      { run: 2, outcome: 'failed', reason: expect.stringContaining('line 2') as string, rows: {} },
    ]);
    const text = (await target.run('', 'runs')).stdout;
    expect(text).toMatch(/^1 {2}\S+Z {2}done, \d+\.\d s {2}\d+ bytes {2}sources 2, /);
    expect(text).not.toContain('canary');
  });

  it('logs a message if there are no runs', async () => {
    const target = new TestTarget();
    const { code, stdout, stderr } = await target.run('', 'runs');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`INFO The database ${target.database} has no runs yet.\n`);
    expect(target.exists).toBe(false);
  });
});

describe('verify', () => {
  it('finds no problem after a successful run', async () => {
    const target = new TestTarget();
    await target.load(stream('family'));
    const { code, stdout, stderr } = await target.run('', 'verify');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('ok  the file is intact\n');
    expect(stdout).toContain('ok  sources: 2 rows, 2 loaded by the last run, 2 of them found\n');
    expect(stdout).toContain(
      'ok  sources__subSources (source_id) to sources: every row has a match',
    );
    expect(stderr).toContain('INFO No problems found.\n');
  });

  it('ignores rows that a failed run rewrote', async () => {
    const target = new TestTarget();
    await target.load(stream('family'));
    expect((await target.run(`${stream('family')}no message\n`)).code).toBe(1);
    const { code, stdout } = await target.run('', 'verify');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('ok  sources: 2 rows, 2 loaded by the last run\n');
  });

  it('ignores the runs of another state_id', async () => {
    const target = new TestTarget({ state_id: 'a', table_prefix: 'a_' });
    await target.load(lines(numbers, record('t', { id: 1 })));
    target.configure({ state_id: 'b', table_prefix: 'b_' });
    await target.load(lines(numbers, ...[1, 2, 3].map((id) => record('t', { id }))));
    target.configure({ state_id: 'a', table_prefix: 'a_' });
    const { code, stdout } = await target.run('', 'verify');
    expect(code, stdout).toBe(0);
    expect(stdout).toContain('ok  a_t: 1 rows, 1 loaded by the last run\n');
  });

  it('accepts a run that deletes rows it has loaded', async () => {
    const target = new TestTarget({ hard_delete: true });
    await target.load(lines(numbers, record('t', { id: 1, _sdc_deleted_at: '2026-01-01' })));
    const { code, stdout } = await target.run('', 'verify');
    expect(code, stdout).toBe(0);
  });

  it('finds duplicated rows', async () => {
    const target = new TestTarget();
    await target.load(lines(schema('k', { id: integer }), record('k', { id: 1 })));
    const database = new DatabaseSync(target.database);
    database.exec('INSERT INTO k SELECT * FROM k');
    database.close();
    const { code, stdout } = await target.run('', 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain('OFF k: 2 rows, 1 loaded by the last run, 2 of them found\n');
  });

  it.each<[string, string, string]>([
    ['missing rows', 'DELETE FROM sources', 'OFF sources: 0 rows, 2 loaded by the last run'],
    [
      'a child without its parent',
      'DELETE FROM sources WHERE id = 1',
      'OFF sources__subSources (source_id) to sources: 2',
    ],
  ])('finds %s', async (_name, sql, finding) => {
    const target = new TestTarget();
    await target.load(stream('family'));
    const database = new DatabaseSync(target.database, { enableForeignKeyConstraints: false });
    database.exec(sql);
    database.close();
    const { code, stdout } = await target.run('', 'verify');
    expect(code).toBe(1);
    expect(stdout).toContain(finding);
  });

  it('reports missing references as gaps and exits with 0', async () => {
    const target = new TestTarget();
    const leads = schema('leads', { id: integer, stage: nullableText }, ['id'], {
      'x-references': { stage: 'stages.name' },
    });
    const stages = schema('stages', { name: { type: 'string' } }, ['name']);
    await target.load(lines(stages, leads, record('leads', { id: 1, stage: 'Descartado' })));
    const { code, stdout, stderr } = await target.run('', 'verify');
    expect(code).toBe(0);
    expect(stdout).toContain('gap leads (stage) to stages: 1 rows without a match\n');
    expect(stderr).toContain('INFO No problems found. Relationships with gaps: 1;');
  });

  it('fails if there is no database', async () => {
    const { code, stderr } = await new TestTarget().run('', 'verify');
    expect(code).toBe(1);
    expect(stderr).toContain('There is no database at');
  });
});

describe('indexes on references', () => {
  const leads = schema('leads', { id: integer, sdr_id: integer }, ['id'], {
    'x-references': { sdr_id: 'sdrs.id', id: 'others.id' },
  });
  const names = (target: TestTarget): unknown[] =>
    target.query(`SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'leads'`);

  it('are created once, but not for columns that begin the key', async () => {
    const target = new TestTarget();
    for (let run = 0; run < 2; run += 1) {
      await target.load(lines(leads, record('leads', { id: run, sdr_id: 1 })));
      expect(names(target)).toEqual([{ name: 'ix_leads_sdr_id' }]);
    }
  });

  it('do not use a name that a later stream needs', async () => {
    const target = new TestTarget();
    await target.load(lines(leads, record('leads', { id: 1, sdr_id: 1 })));
    await target.load(
      lines(schema('leads_sdr_id', { id: integer }, ['id']), record('leads_sdr_id', { id: 1 })),
    );
    expect(target.rows('leads_sdr_id')).toEqual([{ id: 1 }]);
  });

  it('are not created if index_references is off', async () => {
    const target = new TestTarget({ index_references: false });
    await target.load(lines(leads, record('leads', { id: 1, sdr_id: 1 })));
    expect(names(target)).toEqual([]);
  });
});
