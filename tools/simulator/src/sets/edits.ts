import type { Account, Edit, Reach } from '../account/account.ts';
import { isRow, type Row } from '../account/row.ts';
import { wallClock } from '../seed/instant.ts';
import { lowerBound } from '../seed/ordering.ts';
import type { Draws } from '../seed/random.ts';
import { company, money, phone, remark } from '../seed/text.ts';
import { DAY } from '../seed/world.ts';
import { boxTimes, meetingTimes } from './agenda.ts';
import { stageName, STAGES } from './catalogues.ts';
import { leadIndex, onePerson, personId } from './leads.ts';

type WeightedEdit = readonly [weight: number, edit: Edit];

/** Draws one of the things that happen to a company. */
export function pickEdit(draws: Draws, reach: Reach): Edit {
  const edits = reach === 'whole' ? [...daily, ...silent] : daily;
  let place = draws.next() * edits.reduce((sum, [weight]) => sum + weight, 0);
  const [, edit] = edits.find(([weight]) => (place -= weight) < 0) ?? [0, changeLead];
  return edit;
}

/** How often each thing happens to a company, in proportion. */
const daily: readonly WeightedEdit[] = [
  [30, changeLead],
  [12, moveLead],
  [10, changePersons],
  [10, addLead],
  [8, (account, draws) => changeAny(account, draws, 'LeadsCustomFields', { value: remark(draws) })],
  [4, (account, draws) => addToLead(account, draws, 'LeadsCustomFields')],
  [8, addCall],
  [5, (account, draws) => addToLead(account, draws, 'QualificationHistories')],
  [3, (account, draws) => addToLead(account, draws, 'LeadsSold')],
  [3, (account, draws) => addToLead(account, draws, 'Losts')],
  [1, (account, draws) => removeAny(account, draws, 'Losts')],
  [1, (account, draws) => removeAny(account, draws, 'LeadStages')],
  [3, (account, draws) => addToLead(account, draws, 'painPoints')],
  [2, (account, draws) => removeAny(account, draws, 'painPoints')],
  ...(['Meetings', 'Tasks', 'Boxes'] as const).flatMap((set): WeightedEdit[] => [
    [3, (account, draws) => addToAgenda(account, draws, set)],
    [3, (account, draws) => moveInAgenda(account, draws, set)],
    [2, (account, draws) => removeFromAgenda(account, draws, set)],
  ]),
  ...(['sdrs', 'sellers'] as const).flatMap((set): WeightedEdit[] => [
    [1, (account, draws) => changeAny(account, draws, set, { phone: phone(draws), active: false })],
    [0.5, (account) => account.add(set)],
    [0.3, (account, draws) => removeAny(account, draws, set)],
  ]),
  ...(['stages', 'industries', 'Sources'] as const).flatMap((set): WeightedEdit[] => [
    [0.5, (account, draws) => changeAny(account, draws, set, { value: ` ${company(draws)}` })],
    [0.5, (account) => account.add(set)],
    [0.3, (account, draws) => removeAny(account, draws, set)],
  ]),
  [0.5, (account, draws) => changeAny(account, draws, 'Sources', { subSources: [] })],
];

/** What goes unnoticed until a set is read whole. */
const silent: readonly WeightedEdit[] = [
  [10, (account, draws) => removeAny(account, draws, 'Leads')],
  ...(['LeadsCustomFields', 'callsHistory', 'QualificationHistories', 'LeadsSold'] as const).map(
    (set): WeightedEdit => [3, (account, draws) => removeAny(account, draws, set)],
  ),
  ...(['Meetings', 'Tasks', 'Boxes'] as const).map((set): WeightedEdit => [
    2,
    (account, draws) => removeAny(account, draws, set),
  ]),
  [
    2,
    (account, draws) => changeAny(account, draws, 'LeadsSold', { totalDealValue: money(draws, 9) }),
  ],
  [2, (account, draws) => changeAny(account, draws, 'callsHistory', { price: money(draws, 9) })],
];

/** The sets that are read by the date of the appointment, in a window around today. */
type Agenda = 'Meetings' | 'Tasks' | 'Boxes';

const HOUR = 60 * 60 * 1000;

function changeLead(account: Account, draws: Draws): void {
  changeAny(account, draws, 'Leads', {
    lead: company(draws),
    phone1: phone(draws),
    description: draws.orNull(0.3, () => remark(draws)),
    salesRep: draws.chance(0.3) ? null : anyRow(account, draws, 'sellers'),
  });
}

/** A move leaves a row in the lead's history. */
function moveLead(account: Account, draws: Draws): void {
  const lead = anyRow(account, draws, 'Leads');
  const [leadId, stage] = [lead['id'], stageName(draws.below(STAGES))];
  if (typeof leadId !== 'number') return;
  account.change('Leads', leadId, { stage });
  account.add('LeadStages', { leadId, originStage: lead['stage'], destinationStage: stage });
}

function changePersons(account: Account, draws: Draws): void {
  const id = anyRow(account, draws, 'Leads')['id'];
  if (typeof id !== 'number') return;
  account.change('Leads', id, ({ persons }) => {
    const all: readonly Row[] = Array.isArray(persons) ? persons.filter(isRow) : [];
    const [first, ...rest] = all;
    if (first && draws.chance(0.3)) return { persons: rest };
    const person = onePerson(draws, account.world.shapes);
    if (first && draws.chance(0.5)) return { persons: [{ ...first, ...person }, ...rest] };
    const added = { id: nextPerson(id, all), leadId: id, mainContact: false, ...person };
    return { persons: [...all, added] };
  });
}

/** Above every id that persons of other leads have, or ever had. */
function nextPerson(leadId: number, persons: readonly Row[]): number {
  const ids = persons.map(({ id }) => Number(id));
  return Math.max(1_000_000_000 + personId(leadIndex(leadId), 0) * 8, ...ids) + 1;
}

function addLead(account: Account): void {
  const { id } = account.add('Leads');
  account.add('LeadsCustomFields', { leadId: id });
}

function addToLead(account: Account, draws: Draws, set: string): void {
  account.add(set, { leadId: anyRow(account, draws, 'Leads')['id'] });
}

/** A call may be entered some hours after it was made. */
function addCall(account: Account, draws: Draws): void {
  const { id, lead } = anyRow(account, draws, 'Leads');
  const { ms, fraction } = account.moment();
  const startDate = account.world.date({ ms: ms - draws.below(6 * HOUR), fraction });
  account.add('callsHistory', { leadId: id, leadName: lead, startDate, endDate: null });
}

function changeAny(account: Account, draws: Draws, set: string, members: Row): void {
  const index = account.set(set).store.pick(draws);
  if (index !== undefined) account.changeAt(set, index, members);
}

function removeAny(account: Account, draws: Draws, set: string): void {
  const index = account.set(set).store.pick(draws);
  if (index !== undefined) account.removeAt(set, index);
}

function addToAgenda(account: Account, draws: Draws, set: Agenda): void {
  const { id, lead: name, persons } = anyRow(account, draws, 'Leads');
  const hangs = set === 'Meetings' ? { lead: { id, name, site: '', phone: null } } : { leadId: id };
  const contacts = Array.isArray(persons) ? persons.filter(isRow).slice(0, 2) : null;
  account.add(set, {
    ...hangs,
    ...appointment(account, draws, set),
    ...(set === 'Tasks' && {
      contacts: contacts?.map((person) => ({ id: person['id'], email: person['email'] })) ?? null,
    }),
  });
}

function moveInAgenda(account: Account, draws: Draws, set: Agenda): void {
  const index = soon(account, draws, set);
  if (index !== undefined) account.changeAt(set, index, appointment(account, draws, set));
}

function removeFromAgenda(account: Account, draws: Draws, set: Agenda): void {
  const index = soon(account, draws, set);
  if (index !== undefined) account.removeAt(set, index);
}

const [PAST, FUTURE] = [25 * DAY, 180 * DAY];

/** A time that a reader of the usual window sees. */
function appointment(account: Account, draws: Draws, set: Agenda): Row {
  const ms = account.clock - PAST + draws.next() * (PAST + FUTURE);
  const minute = Math.floor(ms / 60_000) * 60_000;
  if (set === 'Meetings') return meetingTimes(minute);
  if (set === 'Boxes') return boxTimes(minute);
  return { dueDate: account.world.date({ ms: minute, fraction: '' }) };
}

/** A row whose time lies in the usual window, if one is found. */
function soon(account: Account, draws: Draws, set: Agenda): number | undefined {
  const { store } = account.set(set);
  const ordering = store.definition.orderings.find(({ path }) => path !== 'id');
  if (!ordering) return undefined;
  const key = (ms: number): string =>
    set === 'Meetings' ? wallClock(ms) : new Date(ms).toISOString().slice(0, 19);
  const from = lowerBound(ordering, key(account.clock - PAST));
  const to = lowerBound(ordering, key(account.clock + FUTURE));
  if (from >= to) return undefined;
  const index = ordering.indexAt(from + draws.below(to - from));
  // One that was edited may have been moved: it is left alone.
  return store.isEdited(index) ? undefined : index;
}

function anyRow(account: Account, draws: Draws, set: string): Row {
  const { store } = account.set(set);
  const index = store.pick(draws);
  return (index === undefined ? undefined : store.row(index)) ?? {};
}
