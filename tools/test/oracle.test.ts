import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { columnsOf, expectations, expectedRows } from '../src/oracle/expected-tables.ts';

type Row = Readonly<Record<string, unknown>>;

/** Returns an account that contains only the given rows. */
function accountOf(sets: Readonly<Record<string, readonly Row[]>>) {
  return { rows: (set: string) => sets[set] ?? [] };
}

describe('expected rows', () => {
  it.each([
    ['boxes', 'Boxes', { start: '2026-08-19T11:00:00Z' }, { start: '2026-08-19T14:00:00Z' }],
    ['boxes', 'Boxes', { leadId: 0 }, { leadid: null }],
    ['meetings', 'Meetings', { startTime: '2026-08-19T23:30:00.0000000' }, starts('20T02:30:00')],
    ['meetings', 'Meetings', { user: { groupList: ['a', 'b, c'] } }, { user_grouplist: 'a, b, c' }],
    ['meetings', 'Meetings', { lead: null }, { lead_id: null, lead_name: null }],
    ['leads', 'Leads', { updateDate: '2026-01-01T00:00:00.4609Z' }, updated('00:00:00.4609')],
    ['leads', 'Leads', { updateDate: '2026-01-01T00:00:00.1-03:00' }, updated('03:00:00.1')],
    ['leads', 'Leads', { updateDate: '2026-01-01T00:00:00' }, updated('03:00:00')],
    ['leads', 'Leads', { telephones: [{ number: '55' }, { number: '56' }] }, phones('55, 56')],
    ['leads', 'Leads', { telephones: [] }, phones('')],
    [
      'leads',
      'Leads',
      { organizationId: 7, funnelId: 9 },
      { organization_id: '7', funnel_id: '9' },
    ],
    ['painpoints', 'painPoints', { painPoint: { id: 3, value: 'x' } }, { painpoint_id: 3 }],
    ['painpoints', 'painPoints', { id: 3, value: 'x' }, { painpoint_id: 3, value: 'x' }],
    ['leadssold', 'LeadsSold', { totalDealValue: '12.50' }, { totaldealvalue: 12.5 }],
    ['sources', 'Sources', { default: 'true', type: 0 }, { default: 1, type: 0 }],
    ['leadstages', 'LeadStages', { discardedStage: true }, { discarded_stage: 'true' }],
    ['leadscustomfields', 'LeadsCustomFields', { options: ['a', 'b'] }, { value: 'a, b' }],
    ['leadscustomfields', 'LeadsCustomFields', { value: 'c', options: [] }, { value: 'c' }],
  ])('%s of %s %j', (table, set, row, cells) => {
    const [expected] = expectedRows(table, accountOf({ [set]: [row] }));
    expect(expected).toMatchObject(cells);
  });

  it('contain the parent key, and a position if they have no key', () => {
    const questionAnswers = [
      { question: 'a', questionID: 1, answers: [{ text: 'x' }, { text: 'y' }] },
      { question: 'b', questionId: 2, answers: null },
    ];
    const account = accountOf({
      QualificationHistories: [
        { leadId: 5, qualificationDate: '2026-01-01T00:00:00Z', questionAnswers },
        { leadId: 6, qualificationDate: '2026-01-01T00:00:00Z', questionAnswers: null },
      ],
    });
    const parent = { leadid: 5, qualificationdate: '2026-01-01T00:00:00Z' };
    expect(expectedRows('qualifications__questionAnswers', account)).toEqual([
      { ...parent, position: 0, ...answered('a', 1, 'x, y') },
      { ...parent, position: 1, ...answered('b', 2, null) },
    ]);
  });

  it('cover 22 tables', () => {
    expect(Object.keys(expectations)).toHaveLength(22);
  });
});

function starts(time: string): Row {
  return { starttime: `2026-08-${time}.0000000Z` };
}

function updated(time: string): Row {
  return { updatedate: `2026-01-01T${time}Z` };
}

function phones(telephones: string): Row {
  return { telephones };
}

function answered(question: string, id: number, answers: string | null): Row {
  return {
    questionanswers_question: question,
    questionanswers_questionid: id,
    questionanswers_answers: answers,
  };
}

describe('the differences of a database', () => {
  const account = accountOf({
    industries: [
      { id: 1, active: true, value: 'um' },
      { id: 2, active: false, value: '2' },
    ],
  });

  it.each([
    ['no difference for equal rows', ["(1, 1, 'um', NULL)", "(2, 0, '2', NULL)"], []],
    [
      'no difference for a row marked as deleted',
      ["(1,1,'um',NULL)", "(2,0,'2',NULL)", "(3,1,'x','2026')"],
      [],
    ],
    ['a missing row', ["(1, 1, 'um', NULL)"], ['1 rows, not 2', 'lacks ["0","2","\'2"]']],
    ['an extra row', ["(1,1,'um',NULL)", "(2,0,'2',NULL)", "(3,1,'x',NULL)"], ['3 rows, not 2']],
    [
      'a number instead of a string',
      ["(1, 1, 'um', NULL)", '(2, 0, 2, NULL)'],
      ['has ["0","2","2"]'],
    ],
    ['a row wrongly marked as deleted', ["(1,1,'um',NULL)", "(2,0,'2','2026')"], ['1 rows, not 2']],
  ])('include %s', (_, values, wanted) => {
    const found = differences(databaseWith(values), account);
    expect(found.length === 0).toBe(wanted.length === 0);
    for (const one of wanted) expect(found.join('\n')).toContain(`industries ${one}`);
  });

  /** Creates all tables, which are empty except for the industries. */
  function databaseWith(values: readonly string[]): string {
    const path = join(mkdtempSync(join(tmpdir(), 'oracle-')), 'x.sqlite');
    const database = new DatabaseSync(path);
    for (const table of Object.keys(expectations)) {
      const columns = table === 'industries' ? ['id', 'active', 'value'] : columnsOf(table);
      const names = columns.map((name) => `"${name}"`).join(', ');
      database.exec(`CREATE TABLE "${table}" (${names}, _sdc_deleted_at)`);
    }
    database.exec(`INSERT INTO industries VALUES ${values.join(', ')}`);
    database.close();
    return path;
  }
});
