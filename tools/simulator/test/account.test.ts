import { describe, expect, it } from 'vitest';
import { createAccount } from '../src/index.ts';
import type { Row } from './client.ts';
import { member, mostShared, text, ticks } from './values.ts';

const NOW = Date.UTC(2026, 8, 10, 12);
const account = createAccount({ seed: 3, leads: 700, now: NOW });
const rows = (set: string): readonly Row[] => account.rows(set);

describe('an account', () => {
  it('has the same rows for the same seed and different rows for a different seed', () => {
    const same = createAccount({ seed: 3, leads: 700, now: NOW });
    const other = createAccount({ seed: 4, leads: 700, now: NOW });
    for (const set of account.sets.keys()) expect(same.rows(set), set).toEqual(rows(set));
    expect(other.rows('Leads')).not.toEqual(rows('Leads'));
  });

  it('receives the same edits for the same seed', () => {
    const [one, other] = [1, 2].map(() => createAccount({ seed: 3, leads: 700, now: NOW }));
    for (const edited of [one, other]) edited?.live({ seed: 9, edits: 200, scope: 'whole' });
    for (const set of account.sets.keys()) {
      expect(one?.rows(set), set).toEqual(other?.rows(set));
    }
    expect(one?.rows('Leads')).not.toEqual(rows('Leads'));
  });

  it('has unique keys before and after edits', () => {
    const edited = createAccount({ seed: 8, leads: 300, now: NOW });
    for (const scope of ['daily', 'whole', 'whole'] as const) {
      for (const [set, { store }] of edited.sets) {
        const keys = edited
          .rows(set)
          .map((row) =>
            JSON.stringify(
              store.definition.key.map((path) => path.split('.').reduce<unknown>(member, row)),
            ),
          );
        expect(keys.length, set).toBeGreaterThan(0);
        expect(keys.length, set).toBe(edited.count(set));
        expect(new Set(keys).size, set).toBe(keys.length);
      }
      edited.live({ seed: 2, edits: 400, scope });
    }
  });

  it('has unique IDs in the lists inside rows', () => {
    const inside = (set: string, array: string): unknown[] =>
      rows(set)
        .flatMap((row) => (row[array] as Row[] | null) ?? [])
        .map((row) => row['id']);
    const persons = inside('LeadsAndPersons', 'persons');
    const subSources = inside('Sources', 'subSources');
    const contacts = inside('Tasks', 'contacts');
    expect(persons.length).toBeGreaterThan(700);
    expect(new Set(persons).size).toBe(persons.length);
    expect(subSources.length).toBeGreaterThan(5);
    expect(new Set(subSources).size).toBe(subSources.length);
    expect(contacts.length).toBeGreaterThan(100);
    expect(new Set(persons)).toEqual(new Set([...persons, ...contacts]));
  });

  it('has one updateDate that a third of the leads share, in several spellings', () => {
    const shared = ticks(mostShared(rows('Leads'), 'updateDate'));
    const group = rows('Leads').filter((row) => ticks(row['updateDate']) === shared);
    expect(group).toHaveLength(233);
    expect(new Set(group.map((row) => row['updateDate'])).size).toBeGreaterThan(1);
  });

  it('contains strings and shapes that break careless clients', () => {
    const all = JSON.stringify([...account.sets.keys()].map(rows));
    for (const part of ['\\"', '\\n', '👍🏽', '"00', '":[]', '":null', '12ABC', '"leadId":0']) {
      expect(all).toContain(part);
    }
    const fractions = rows('Leads').map(
      (row) => (text(row['updateDate']).split('.')[1] ?? 'Z').length - 1,
    );
    expect(new Set(fractions)).toEqual(new Set([0, 3, 4, 5, 6, 7]));
    expect(rows('stages').some((row) => text(row['value']).startsWith(' '))).toBe(true);
    expect(rows('stages').some((row) => row['value'] === 'Descartado')).toBe(false);
    expect(rows('Leads').some((row) => row['stage'] === 'Descartado')).toBe(true);
    expect(rows('Boxes').every((row) => typeof row['salesRep'] === 'string')).toBe(true);
  });

  it('removes rows in other sets when their lead is removed', () => {
    const edited = createAccount({ seed: 3, leads: 100, now: NOW });
    const id = Number(edited.rows('Leads')[3]?.['id']);
    edited.add('callsHistory', { leadId: id });
    const mention = new RegExp(`"(leadId|id)":${id}\\b`);
    const mentions = (): string[] =>
      [...edited.sets.keys()].filter((set) => mention.test(JSON.stringify(edited.rows(set))));
    expect(mentions()).toEqual(expect.arrayContaining(['Leads', 'LeadsAndPersons', 'Meetings']));
    expect(mentions()).toContain('callsHistory');
    expect(edited.remove('Leads', id)).toBe(1);
    expect(mentions()).toEqual([]);
  });

  it('shows an edit of LeadsAndPersons in Leads, which does not send persons', () => {
    const edited = createAccount({ seed: 3, leads: 100, now: NOW });
    edited.change('LeadsAndPersons', Number(edited.rows('Leads')[5]?.['id']), { stage: 'Nova' });
    expect(edited.rows('Leads')[5]?.['stage']).toBe('Nova');
    expect(edited.rows('LeadsAndPersons')[5]?.['stage']).toBe('Nova');
    expect(edited.rows('LeadsAndPersons')[5]).toHaveProperty('persons');
    expect(edited.rows('Leads')[5]).not.toHaveProperty('persons');
  });

  it('dates every change later than all earlier changes even if its clock is set back', () => {
    const edited = createAccount({ seed: 3, leads: 100, now: NOW });
    const id = Number(edited.rows('Leads')[2]?.['id']);
    const stamps = [0, 0, 1, -5000].map((step) => {
      edited.clock += step;
      expect(edited.change('Leads', (row) => row['id'] === id, { city: 'Ijuí' })).toBe(1);
      return ticks(edited.rows('Leads')[2]?.['updateDate']);
    });
    expect(stamps.toSorted((a, b) => Number(a - b))).toEqual(stamps);
    expect(new Set(stamps).size).toBe(stamps.length);
    const all = edited.rows('Leads').map((row) => ticks(row['updateDate']));
    expect(all.filter((stamp) => stamp > (stamps.at(-1) ?? 0n))).toEqual([]);
  });

  it('sends the object variants that shapes selects', () => {
    const odd = createAccount({
      seed: 3,
      leads: 200,
      now: NOW,
      shapes: {
        groupList: 'objects',
        telephones: 'objects',
        painPointKey: 'painPoint.id',
        messagingId: 'idMessagingPlataform',
        questionId: 'questionID',
        zone: 'none',
        sourceFlags: 'text',
        unknownFields: true,
        numbersAsStrings: true,
        leadsAndPersonsLack: ['telephones'],
      },
    });
    const usual = JSON.stringify([...account.sets.keys()].map(rows));
    const all = JSON.stringify([...odd.sets.keys()].map((set) => odd.rows(set)));
    for (const part of [
      '"groupList":[{',
      '"telephones":[{"number"',
      '"painPoint":{"id"',
      'idMessagingPlataform',
      'questionID',
      'novoCampo',
      '"default":"true"',
    ]) {
      expect(all).toContain(part);
      expect(usual).not.toContain(part);
    }
    expect(odd.rows('LeadsSold')[0]?.['totalDealValue']).toMatch(/^[\d.]+$/);
    expect(odd.rows('LeadsSold')[0]?.['saleDate']).toMatch(/\d$/);
    expect(odd.rows('Leads')[0]?.['updateDate']).toMatch(/Z$/);
    expect(odd.rows('Leads')[0]).toHaveProperty('telephones');
    expect(odd.rows('LeadsAndPersons')[0]).not.toHaveProperty('telephones');
  });
});
