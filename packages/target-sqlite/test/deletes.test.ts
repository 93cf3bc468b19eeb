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

const declared = schema('t', { id: integer }, ['id']);
const keyless = schema('t', { id: integer });
const activate = (version: number, name = 't'): object => ({
  type: 'ACTIVATE_VERSION',
  stream: name,
  version,
});
const row = (id: number, version?: number): object =>
  record('t', { id }, version === undefined ? {} : { version });

/** The rows that each case loads first: two rows of version 1 and one row without a version. */
const before = [row(1, 1), row(2, 1), row(3)];

describe.each([
  ['soft', { hard_delete: false }],
  ['hard', { hard_delete: true }],
  ['soft, without metadata', { hard_delete: false, add_record_metadata: false }],
  ['hard, without metadata', { hard_delete: true, add_record_metadata: false }],
])('ACTIVATE_VERSION, %s', (_name, settings) => {
  it.each<[string, object[], number[]]>([
    ['deletes rows with an older version or no version', [row(2, 2), activate(2)], [2]],
    ['takes effect at its position in the input', [row(2, 2), activate(2), row(1)], [1, 2]],
    [
      'takes effect at the end if it comes before the records',
      [activate(2), row(2, 2), row(4, 2)],
      [2, 4],
    ],
    [
      'takes effect at the end if it comes before the records and a STATE follows',
      [activate(2), row(2, 2), state(1), row(4, 2)],
      [2, 4],
    ],
    ['takes effect at the next STATE if the source is empty', [activate(2), state(1)], []],
    ['has no effect without records or a STATE', [activate(2)], [1, 2, 3]],
    ['has no effect if the records have no version', [row(2), activate(2)], [1, 2, 3]],
    [
      'has no effect if the records have no version and a STATE follows',
      [row(2), activate(2), state(1)],
      [1, 2, 3],
    ],
    [
      'has no effect if the records have a different version',
      [row(2, 3), activate(4), state(1)],
      [1, 2, 3],
    ],
    [
      'does not delete a row that is sent again',
      [row(2, 2), activate(2), row(1, 2), activate(2)],
      [1, 2],
    ],
  ])('%s', async (_case, messages, expected) => {
    for (const first of [declared, keyless]) {
      const target = new TestTarget(settings);
      await target.load(lines(first, ...before));
      await target.load(lines(first, ...messages));
      const where = settings.hard_delete ? 'true' : '_sdc_deleted_at IS NULL';
      const ids = target.rows('t', where).map(({ id }) => id);
      expect([...new Set(ids)]).toEqual(expected);
      if (settings.hard_delete || first === keyless) continue;
      // A soft delete removes no rows.
      const all = new Set([1, 2, 3, ...expected]);
      expect(target.rows('t').map(({ id }) => id)).toEqual([...all]);
    }
  });

  it('also deletes the children', async () => {
    const target = new TestTarget(settings);
    await target.load(stream('family'));
    await target.load(
      lines(
        ...stream('family').split('\n').slice(0, 3),
        record('sources', { id: 2, value: 'fair' }, { version: 2 }),
        activate(2, 'sources'),
      ),
    );
    const where = settings.hard_delete ? 'true' : '_sdc_deleted_at IS NULL';
    expect(target.rows('sources', where).map(({ id }) => id)).toEqual([2]);
    expect(target.rows('sources__subSources', where)).toEqual([]);
    expect(target.rows('subSources__tags', where)).toEqual([]);
  });
});

describe('_sdc_deleted_at in a record', () => {
  it('marks the row and its children', async () => {
    const target = new TestTarget();
    await target.load(stream('family'));
    const gone = { id: 1, value: 'web', _sdc_deleted_at: '2026-01-01T00:00:00Z' };
    await target.load(lines(...stream('family').split('\n').slice(0, 3), record('sources', gone)));
    expect(target.query('SELECT id, _sdc_deleted_at AS gone FROM sources')).toEqual([
      { id: 1, gone: '2026-01-01T00:00:00Z' },
      { id: 2, gone: null },
    ]);
    expect(target.alive('sources__subSources').map(({ id }) => id)).toEqual([20]);
    expect(target.alive('subSources__tags')).toEqual([]);
  });

  it('removes only the row with its key if hard_delete is on', async () => {
    const target = new TestTarget({ hard_delete: true });
    await target.load(lines(declared, row(1), row(2)));
    await target.load(lines(declared, record('t', { id: 2, _sdc_deleted_at: 'now' }), row(3)));
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 3 }]);
  });

  it('does not delete the row if the value is empty', async () => {
    const target = new TestTarget({ hard_delete: true });
    const marks = [null, '', false];
    await target.load(
      lines(declared, ...marks.map((mark, id) => record('t', { id, _sdc_deleted_at: mark }))),
    );
    expect(target.rows('t')).toHaveLength(3);
  });

  it('is removed when the row is sent again, even with different settings', async () => {
    const target = new TestTarget();
    await target.load(lines(declared, record('t', { id: 1, _sdc_deleted_at: '2026-01-01' })));
    target.configure({ hard_delete: true, add_record_metadata: false });
    await target.load(lines(declared, row(1)));
    expect(target.query('SELECT _sdc_deleted_at AS gone FROM t')).toEqual([{ gone: null }]);
  });

  // A bug once read the digits of such keys from the previous line.
  it.each<[string, string, string, string]>([
    ['zero', 'integer', '0', '7'],
    ['an object', 'object', '{"b":1,"1":2}', '{"b":3,"1":2}'],
  ])('removes only the row with its key if the key is %s', async (_name, type, gone, other) => {
    const target = new TestTarget({ hard_delete: true });
    const line = (more: string): string => `{"type":"RECORD","stream":"t","record":{${more}}}`;
    const numbers = { id: { type }, n: { type: 'number' } };
    await target.load(
      lines(
        schema('t', numbers, ['id']),
        line(`"id":${gone},"n":1`),
        line(`"id":${other},"n":1e-5`),
        line(`"id":${gone},"_sdc_deleted_at":"2026-01-01T00:00:00Z"`),
      ),
    );
    expect(target.rows('t')).toEqual([{ id: type === 'integer' ? 7 : other, n: 1e-5 }]);
  });
});

describe('a parent record', () => {
  it.each([
    ['soft', { hard_delete: false }],
    ['hard', { hard_delete: true }],
  ])('replaces its children (%s delete)', async (_name, settings) => {
    const target = new TestTarget(settings);
    await target.load(stream('family'));
    await target.load(
      lines(
        ...stream('family').split('\n').slice(0, 3),
        record('sources', { id: 1, value: 'web' }),
        record('sources__subSources', { source_id: 1, id: 11, value: 'post' }),
        record('sources__subSources', { source_id: 1, id: 12, value: 'new' }),
      ),
    );
    const where = settings.hard_delete ? 'true' : '_sdc_deleted_at IS NULL';
    expect(target.rows('sources__subSources', where)).toEqual([
      { source_id: 1, id: 11, value: 'post' },
      { source_id: 1, id: 12, value: 'new' },
      { source_id: 2, id: 20, value: 'booth' },
    ]);
    expect(target.rows('subSources__tags', where)).toEqual([]);
    if (!settings.hard_delete) expect(target.rows('sources__subSources')).toHaveLength(4);
  });

  it('does not delete children whose streams are not in the run', async () => {
    const target = new TestTarget();
    await target.load(stream('family'));
    const [parent = ''] = stream('family').split('\n');
    await target.load(lines(parent, record('sources', { id: 1, value: 'web' })));
    expect(target.alive('sources__subSources')).toHaveLength(3);
  });
});

describe('x-covered', () => {
  const meetings = (covered?: object): object =>
    schema(
      'meetings',
      { id: integer, starttime: { ...nullableText, format: 'date-time' } },
      ['id'],
      covered && { 'x-covered': covered },
    );
  const meeting = (id: number, starttime: string | null, version: number): object =>
    record('meetings', { id, starttime }, { version });
  const first = lines(
    meetings(),
    meeting(1, '2025-12-31T23:59:59.9999999Z', 1),
    meeting(2, '2026-01-01T00:00:00Z', 1),
    meeting(3, '2026-01-31T23:59:59.999Z', 1),
    meeting(4, '2026-02-01T00:00:00.000Z', 1),
    meeting(5, null, 1),
    meeting(6, '2026-01-15T21:00:00-03:00', 1),
    meeting(7, '2026-01-20T00:00:00Z', 1),
  );

  it.each([
    ['soft', { hard_delete: false }],
    ['hard', { hard_delete: true }],
  ])(
    'deletes rows in the range that were not sent again, and compares times as instants (%s delete)',
    async (_n, settings) => {
      const target = new TestTarget(settings);
      await target.load(first);
      const from = '2026-01-01T00:00:00.0Z';
      const covered = { column: 'starttime', from, to: '2026-02-01T00:00:00Z', version: 2 };
      await target.load(
        lines(meetings(), meeting(7, '2026-01-20T00:00:00Z', 2), meetings(covered), state(1)),
      );
      const where = settings.hard_delete ? 'true' : '_sdc_deleted_at IS NULL';
      expect(target.rows('meetings', where).map(({ id }) => id)).toEqual([1, 4, 5, 7]);
    },
  );
});
