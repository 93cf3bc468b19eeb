import { millisecondsInDay, millisecondsInMinute } from 'date-fns/constants';
import type { Account } from '../../account/account.ts';
import { isObject, type Row } from '../../account/row.ts';
import { wallClock } from '../../seed/moment.ts';
import { lowerBound } from '../../seed/ordering.ts';
import type { Random } from '../../seed/random.ts';
import { boxTimes, feedback, meetingTimes } from '../agenda.ts';
import { anyRow, changeAny } from './any-row.ts';

/** The sets that are read by appointment date, in a window around today. */
type Agenda = 'Meetings' | 'Tasks' | 'Boxes';

/** The window that clients usually read, in milliseconds before and after now. */
const [PAST, FUTURE] = [25 * millisecondsInDay, 180 * millisecondsInDay];

export function addToAgenda(account: Account, random: Random, set: Agenda): void {
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

export function moveInAgenda(account: Account, random: Random, set: Agenda): void {
  const index = pickAppointment(account, random, set);
  if (index !== undefined) account.changeAt(set, index, randomTime(account, random, set));
}

export function removeFromAgenda(account: Account, random: Random, set: Agenda): void {
  const index = pickAppointment(account, random, set);
  if (index !== undefined) account.removeAt(set, index);
}

/** Adds the seller's feedback to a recent meeting, and removes the pending feedback. */
export function giveFeedback(account: Account, random: Random): void {
  const index = pickAppointment(account, random, 'Meetings', 0);
  if (index === undefined) return;
  const given = feedback(random, account.moment());
  account.changeAt('Meetings', index, { type: 'Concluido', ...given });
  const id = account.set('Meetings').store.row(index)?.['id'];
  if (typeof id === 'number') account.remove('PendingFeedbacks', id);
}

/** Removes the due date of a task. */
export function dropDueDate(account: Account, random: Random): void {
  changeAny(account, random, 'Tasks', { dueDate: account.world.undated });
}

/** Returns the time members of an appointment at a random time in the usual window. */
function randomTime(account: Account, random: Random, set: Agenda): Row {
  const ms = account.clock - PAST + random.next() * (PAST + FUTURE);
  const minute = Math.floor(ms / millisecondsInMinute) * millisecondsInMinute;
  if (set === 'Meetings') return meetingTimes(minute);
  if (set === 'Boxes') return boxTimes(minute);
  return { dueDate: account.world.date({ ms: minute, fraction: '' }) };
}

/** Returns the index of a random unedited row in the usual window; undefined if none is found. */
function pickAppointment(
  account: Account,
  random: Random,
  set: Agenda,
  future = FUTURE,
): number | undefined {
  const { store } = account.set(set);
  const ordering = store.definition.orderings.find(({ path }) => path !== 'id');
  if (!ordering) return undefined;
  const key = (ms: number): string =>
    set === 'Meetings' ? wallClock(ms) : new Date(ms).toISOString().slice(0, 19);
  const from = lowerBound(ordering, key(account.clock - PAST));
  const to = lowerBound(ordering, key(account.clock + future));
  if (from >= to) return undefined;
  const index = ordering.indexAt(from + random.below(to - from));
  // An edited row may have moved out of the window.
  return store.isEdited(index) ? undefined : index;
}
