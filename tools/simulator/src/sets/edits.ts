import { millisecondsInDay, millisecondsInHour, millisecondsInMinute } from 'date-fns/constants';
import type { Account, Edit, EditScope } from '../account/account.ts';
import { isObject, type Row } from '../account/row.ts';
import { wallClock } from '../seed/moment.ts';
import { lowerBound } from '../seed/ordering.ts';
import type { Random } from '../seed/random.ts';
import { companyName, money, phone, remark } from '../seed/sample-text.ts';
import { boxTimes, meetingTimes } from './agenda.ts';
import { stageName, STAGE_COUNT } from './lookups.ts';
import { leadIndex, onePerson, personId } from './leads.ts';

type WeightedEdit = readonly [weight: number, edit: Edit];

/** Picks a random edit by its weight. */
export function pickEdit(random: Random, scope: EditScope): Edit {
  const edits = scope === 'whole' ? [...daily, ...silent] : daily;
  let place = random.next() * edits.reduce((sum, [weight]) => sum + weight, 0);
  const [, edit] = edits.find(([weight]) => (place -= weight) < 0) ?? [0, changeLead];
  return edit;
}

/** Edits that a client can notice by asking each day for changes. */
const daily: readonly WeightedEdit[] = [
  [30, changeLead],
  [12, moveLead],
  [10, changePersons],
  [10, addLead],
  [
    8,
    (account, random) => changeAny(account, random, 'LeadsCustomFields', { value: remark(random) }),
  ],
  [4, (account, random) => addToLead(account, random, 'LeadsCustomFields')],
  [8, addCall],
  [5, (account, random) => addToLead(account, random, 'QualificationHistories')],
  [3, (account, random) => addToLead(account, random, 'LeadsSold')],
  [3, (account, random) => addToLead(account, random, 'Losts')],
  [1, (account, random) => removeAny(account, random, 'Losts')],
  [1, (account, random) => removeAny(account, random, 'LeadStages')],
  [3, (account, random) => addToLead(account, random, 'painPoints')],
  [2, (account, random) => removeAny(account, random, 'painPoints')],
  ...(['Meetings', 'Tasks', 'Boxes'] as const).flatMap((set): WeightedEdit[] => [
    [3, (account, random) => addToAgenda(account, random, set)],
    [3, (account, random) => moveInAgenda(account, random, set)],
    [2, (account, random) => removeFromAgenda(account, random, set)],
  ]),
  ...(['sdrs', 'sellers'] as const).flatMap((set): WeightedEdit[] => [
    [
      1,
      (account, random) => changeAny(account, random, set, { phone: phone(random), active: false }),
    ],
    [0.5, (account) => account.add(set)],
    [0.3, (account, random) => removeAny(account, random, set)],
  ]),
  ...(['stages', 'industries', 'Sources'] as const).flatMap((set): WeightedEdit[] => [
    [
      0.5,
      (account, random) => changeAny(account, random, set, { value: ` ${companyName(random)}` }),
    ],
    [0.5, (account) => account.add(set)],
    [0.3, (account, random) => removeAny(account, random, set)],
  ]),
  [0.5, (account, random) => changeAny(account, random, 'Sources', { subSources: [] })],
];

/** Edits that only a complete read can notice. */
const silent: readonly WeightedEdit[] = [
  [10, (account, random) => removeAny(account, random, 'Leads')],
  ...(['LeadsCustomFields', 'callsHistory', 'QualificationHistories', 'LeadsSold'] as const).map(
    (set): WeightedEdit => [3, (account, random) => removeAny(account, random, set)],
  ),
  ...(['Meetings', 'Tasks', 'Boxes'] as const).map((set): WeightedEdit => [
    2,
    (account, random) => removeAny(account, random, set),
  ]),
  [
    2,
    (account, random) =>
      changeAny(account, random, 'LeadsSold', { totalDealValue: money(random, 9) }),
  ],
  [2, (account, random) => changeAny(account, random, 'callsHistory', { price: money(random, 9) })],
];

/** Sets that are read by appointment date, in a window around today. */
type Agenda = 'Meetings' | 'Tasks' | 'Boxes';

function changeLead(account: Account, random: Random): void {
  changeAny(account, random, 'Leads', {
    lead: companyName(random),
    phone1: phone(random),
    description: random.orNull(0.3, () => remark(random)),
    salesRep: random.chance(0.3) ? null : anyRow(account, random, 'sellers'),
  });
}

/** Moves a lead to another stage and adds a row to its stage history. */
function moveLead(account: Account, random: Random): void {
  const lead = anyRow(account, random, 'Leads');
  const [leadId, stage] = [lead['id'], stageName(random.below(STAGE_COUNT))];
  if (typeof leadId !== 'number') return;
  account.change('Leads', leadId, { stage });
  account.add('LeadStages', { leadId, originStage: lead['stage'], destinationStage: stage });
}

function changePersons(account: Account, random: Random): void {
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

function addLead(account: Account): void {
  const { id } = account.add('Leads');
  account.add('LeadsCustomFields', { leadId: id });
}

function addToLead(account: Account, random: Random, set: string): void {
  account.add(set, { leadId: anyRow(account, random, 'Leads')['id'] });
}

/** Adds a call that started up to six hours ago, since calls may be entered late. */
function addCall(account: Account, random: Random): void {
  const { id, lead } = anyRow(account, random, 'Leads');
  const { ms, fraction } = account.moment();
  const startDate = account.world.date({ ms: ms - random.below(6 * millisecondsInHour), fraction });
  account.add('callsHistory', { leadId: id, leadName: lead, startDate, endDate: null });
}

function changeAny(account: Account, random: Random, set: string, members: Row): void {
  const index = account.set(set).store.pick(random);
  if (index !== undefined) account.changeAt(set, index, members);
}

function removeAny(account: Account, random: Random, set: string): void {
  const index = account.set(set).store.pick(random);
  if (index !== undefined) account.removeAt(set, index);
}

function addToAgenda(account: Account, random: Random, set: Agenda): void {
  const { id, lead: name, persons } = anyRow(account, random, 'Leads');
  const owner = set === 'Meetings' ? { lead: { id, name, site: '', phone: null } } : { leadId: id };
  const contacts = Array.isArray(persons) ? persons.filter(isObject).slice(0, 2) : null;
  account.add(set, {
    ...owner,
    ...randomTime(account, random, set),
    ...(set === 'Tasks' && {
      contacts: contacts?.map((person) => ({ id: person['id'], email: person['email'] })) ?? null,
    }),
  });
}

function moveInAgenda(account: Account, random: Random, set: Agenda): void {
  const index = pickAppointment(account, random, set);
  if (index !== undefined) account.changeAt(set, index, randomTime(account, random, set));
}

function removeFromAgenda(account: Account, random: Random, set: Agenda): void {
  const index = pickAppointment(account, random, set);
  if (index !== undefined) account.removeAt(set, index);
}

/** The window that clients usually read, in milliseconds before and after now. */
const [PAST, FUTURE] = [25 * millisecondsInDay, 180 * millisecondsInDay];

/** Returns the time members of an appointment at a random time in the usual window. */
function randomTime(account: Account, random: Random, set: Agenda): Row {
  const ms = account.clock - PAST + random.next() * (PAST + FUTURE);
  const minute = Math.floor(ms / millisecondsInMinute) * millisecondsInMinute;
  if (set === 'Meetings') return meetingTimes(minute);
  if (set === 'Boxes') return boxTimes(minute);
  return { dueDate: account.world.date({ ms: minute, fraction: '' }) };
}

/** Returns the index of a random unedited row in the usual window; undefined if none is found. */
function pickAppointment(account: Account, random: Random, set: Agenda): number | undefined {
  const { store } = account.set(set);
  const ordering = store.definition.orderings.find(({ path }) => path !== 'id');
  if (!ordering) return undefined;
  const key = (ms: number): string =>
    set === 'Meetings' ? wallClock(ms) : new Date(ms).toISOString().slice(0, 19);
  const from = lowerBound(ordering, key(account.clock - PAST));
  const to = lowerBound(ordering, key(account.clock + FUTURE));
  if (from >= to) return undefined;
  const index = ordering.indexAt(from + random.below(to - from));
  // An edited row may have moved out of the window.
  return store.isEdited(index) ? undefined : index;
}

function anyRow(account: Account, random: Random, set: string): Row {
  const { store } = account.set(set);
  const index = store.pick(random);
  return (index === undefined ? undefined : store.row(index)) ?? {};
}
