import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import {
  columnsOf,
  expectations,
  expectedRows,
  optionalExpectations,
} from '../src/oracle/expected-tables.ts';

type Row = Readonly<Record<string, unknown>>;

/** Returns an account that contains only the given rows. */
function accountOf(sets: Readonly<Record<string, readonly Row[]>>) {
  return { rows: (set: string) => sets[set] ?? [] };
}

type ExpectedRow = readonly [table: string, set: string, row: Row, cells: Row];

/** Values that the API may send if a date is missing. */
const missingDates: readonly string[] = [
  '0001-01-01T00:00:00Z',
  '0001-01-01T00:00:00',
  '0001-01-01T00:00:00.0000000Z',
  '0001-01-01T00:00:00-03:00',
];

/** Custom fields, each with the value that the table must contain. */
const fieldValues: readonly (readonly [row: Row, value: string | null])[] = [
  [{ options: ['a', 'b'] }, 'a, b'],
  [{ options: ['', 'b', null] }, 'b'],
  [{ value: 'c', options: ['a', 'b'] }, 'a, b'],
  [{ value: '', options: ['a'] }, 'a'],
  [{ value: 'c', options: [] }, 'c'],
  [{ value: 'c', options: [''] }, 'c'],
  [{ value: 'c' }, 'c'],
  [{ value: '', options: [''] }, null],
  [{ value: '', options: [] }, null],
  [{ value: '', options: null }, null],
  [{ value: null, options: [''] }, null],
  [
    {
      options: [
        { id: 1, value: 'a' },
        { id: 2, value: '' },
      ],
    },
    'a',
  ],
];

describe('expected rows', () => {
  it.each<ExpectedRow>([
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
    ['leads', 'Leads', { closingForecastDate: '2026-01-01T00:00:00' }, closes('01T00:00:00Z')],
    [
      'leads',
      'Leads',
      { closingForecastDate: '2026-01-01T23:00:00-03:00' },
      closes('01T23:00:00Z'),
    ],
    ['leadssold', 'LeadsSold', { saleDate: '2026-01-01T00:00:00.5Z' }, sold('00:00:00.5Z')],
    ['leadssold', 'LeadsSold', { saleDate: '2026-01-01T00:00:00' }, sold('00:00:00Z')],
    ['losts', 'Losts', { date: '2026-01-01T00:00:00' }, { date: '2026-01-01T00:00:00Z' }],
    ['leadssold', 'LeadsSold', { cycle: 2, preSales: { email: 'a@b' } }, { presales_email: 'a@b' }],
    ['leadssold', 'LeadsSold', { cycle: 2, preSales: null }, { cycle: 2, presales_email: null }],
    [
      'leadssold__products',
      'LeadsSold',
      { products: [{ id: 7 }] },
      { products_id: 7, position: 0 },
    ],
    ['meetings', 'Meetings', { score: 'Quente' }, { score: 'Quente', qualificationdate: null }],
    [
      'qualifications',
      'QualificationHistories',
      {
        ...{ score: 'Morno', points: '47.5', cycle: 2, stageId: 9, originStage: ' x' },
        userAction: { id: 3, name: 'Ana', lastName: 'Lima', email: 'a@b' },
      },
      {
        ...{ score: 'Morno', points: 47.5, cycle: 2, stage_id: 9, originstage: ' x' },
        ...{ useraction_id: 3, useraction_name: 'Ana', useraction_email: 'a@b' },
      },
    ],
    ...missingDates.flatMap((date): ExpectedRow[] => [
      ['leads', 'Leads', { closingForecastDate: date }, { closing_forecast_date: null }],
      ['meetings', 'Meetings', { qualificationDate: date }, { qualificationdate: null }],
      ['meetings', 'Meetings', { startTime: date }, { starttime: null }],
      ['meetings', 'Meetings', { meetingDate: date }, { meetingdate: null }],
      ['tasks', 'Tasks', { dueDate: date }, { duedate: null }],
    ]),
    ['losts', 'Losts', { date: '0001-01-01T00:00:00Z' }, { date: '0001-01-01T00:00:00Z' }],
    [
      'qualifications',
      'QualificationHistories',
      { qualificationDate: '0001-01-01T00:00:00Z' },
      { qualificationdate: '0001-01-01T00:00:00Z' },
    ],
    ...fieldValues.map(([row, value]): ExpectedRow => [
      ...(['leadscustomfields', 'LeadsCustomFields', row, { value }] as const),
    ]),
    ['tasks', 'Tasks', { leadId: 0 }, { leadid: null }],
    ['callshistory', 'callsHistory', { leadId: 0 }, { leadid: null }],
    ['funnels', 'Funnels', { id: 6021, value: ' x', active: true }, { id: '6021', active: 1 }],
    ['transferhistory', 'transferHistory', { originUserId: 5 }, { originuserid: 5 }],
    ['customfields', 'customFields', { key: '_a', active: false }, { key: '_a', active: 0 }],
    [
      'customfields__options',
      'customFields',
      { key: '_a', options: [{ id: 12, value: 'x' }] },
      { customfields_key: '_a', options_id: '12', options_value: 'x', position: 0 },
    ],
    ['products', 'products', { id: 1, name: 'x' }, { id: 1, name: 'x', description: null }],
    [
      'recommendedproducts',
      'recommendedProducts',
      { leadId: 1, productId: 2, descountType: 'x', descountValue: 3.5 },
      { leadid: 1, productid: 2, discounttype: 'x', discountvalue: 3.5 },
    ],
    ['pendingfeedbacks', 'PendingFeedbacks', { meetingId: 4, leadId: 0 }, { leadid: null }],
    ['taskstypes', 'TasksType', { id: 3, value: 'x' }, { id: 3, value: 'x' }],
    ['discardreasons', 'discardReasons', { id: 3, active: true }, { id: 3, active: 1 }],
    ['groups', 'Groups', { id: 3, name: 'x', users: ['a', 'b'] }, { id: '3', users: 'a, b' }],
    ['users', 'Users', { id: 3, groupList: [{ id: 1, value: 'x' }] }, { id: 3, grouplist: 'x' }],
  ])('of %s are correct for the %s row %j', (table, set, row, cells) => {
    const [expected] = expectedRows(table, accountOf({ [set]: [row] }));
    expect(expected).toMatchObject(cells);
  });

  it('contain the parent key, and a position if the child has no key of its own', () => {
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

  it('cover 23 tables that are selected by default and 10 optional tables', () => {
    expect(Object.keys(expectations)).toHaveLength(23);
    expect(Object.keys(optionalExpectations)).toHaveLength(10);
  });
});

function closes(dayAndTime: string): Row {
  return { closing_forecast_date: `2026-01-${dayAndTime}` };
}

function sold(time: string): Row {
  return { saledate: `2026-01-01T${time}` };
}

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

  it('include only the requested tables', () => {
    const database = databaseWith(["(1, 1, 'um', NULL)"]);
    expect(differences(database, account, ['stages', 'users'])).toEqual([]);
    expect(differences(database, account, ['industries'])).not.toEqual([]);
  });

  /** Creates a database in which every table except industries is empty. @returns its path */
  function databaseWith(values: readonly string[]): string {
    const path = join(mkdtempSync(join(tmpdir(), 'oracle-')), 'x.sqlite');
    const database = new DatabaseSync(path);
    for (const table of Object.keys({ ...expectations, ...optionalExpectations })) {
      const columns = table === 'industries' ? ['id', 'active', 'value'] : columnsOf(table);
      const names = columns.map((name) => `"${name}"`).join(', ');
      database.exec(`CREATE TABLE "${table}" (${names}, _sdc_deleted_at)`);
    }
    database.exec(`INSERT INTO industries VALUES ${values.join(', ')}`);
    database.close();
    return path;
  }
});
