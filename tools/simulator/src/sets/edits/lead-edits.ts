import { millisecondsInHour } from 'date-fns/constants';
import type { Account } from '../../account/account.ts';
import { isObject, type Row } from '../../account/row.ts';
import type { Random } from '../../seed/random.ts';
import { companyName, phone, remark } from '../../seed/sample-text.ts';
import { fieldValue } from '../lead-attributes.ts';
import { leadIndex, onePerson, personId } from '../leads.ts';
import { stageName, STAGE_COUNT } from '../lookups.ts';
import { anyRow, changeAny } from './any-row.ts';

export function changeLead(account: Account, random: Random): void {
  changeAny(account, random, 'Leads', {
    lead: companyName(random),
    phone1: phone(random),
    description: random.orNull(0.3, () => remark(random)),
    salesRep: random.chance(0.3) ? null : anyRow(account, random, 'sellers'),
  });
}

/** Moves a lead to another stage and adds a row to its stage history. */
export function moveLead(account: Account, random: Random): void {
  const lead = anyRow(account, random, 'Leads');
  const [leadId, stage] = [lead['id'], stageName(random.below(STAGE_COUNT))];
  if (typeof leadId !== 'number') return;
  account.change('Leads', leadId, { stage });
  account.add('LeadStages', { leadId, originStage: lead['stage'], destinationStage: stage });
}

export function changePersons(account: Account, random: Random): void {
  const id = anyRow(account, random, 'Leads')['id'];
  if (typeof id !== 'number') return;
  account.change('Leads', id, ({ persons }) => {
    const all: readonly Row[] = Array.isArray(persons) ? persons.filter(isObject) : [];
    const [first, ...rest] = all;
    if (first && random.chance(0.3)) return { persons: rest };
    const person = onePerson(random, account.world.shapes);
    if (first && random.chance(0.5)) return { persons: [{ ...first, ...person }, ...rest] };
    const added = { id: nextPerson(id, all), leadId: id, mainContact: false, ...person };
    return { persons: [...all, added] };
  });
}

/** Returns an ID that no person has ever had. */
function nextPerson(leadId: number, persons: readonly Row[]): number {
  const ids = persons.map(({ id }) => Number(id));
  return Math.max(1_000_000_000 + personId(leadIndex(leadId), 0) * 8, ...ids) + 1;
}

export function addLead(account: Account): void {
  const { id } = account.add('Leads');
  account.add('LeadsCustomFields', { leadId: id });
}

/** Changes the value of a custom field. */
export function changeField(account: Account, random: Random): void {
  const { store } = account.set('LeadsCustomFields');
  const index = store.pick(random);
  if (index === undefined) return;
  const id = String(store.row(index)?.['id']);
  account.changeAt('LeadsCustomFields', index, fieldValue(random, id));
}

/** Adds a call that started up to six hours ago, since calls may be entered late. */
export function addCall(account: Account, random: Random): void {
  const { id, lead } = anyRow(account, random, 'Leads');
  const { ms, fraction } = account.moment();
  const startDate = account.world.date({ ms: ms - random.below(6 * millisecondsInHour), fraction });
  account.add('callsHistory', { leadId: id, leadName: lead, startDate, endDate: null });
}
