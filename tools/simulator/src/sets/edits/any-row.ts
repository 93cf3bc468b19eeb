import type { Account } from '../../account/account.ts';
import type { Row } from '../../account/row.ts';
import type { Random } from '../../seed/random.ts';

/** Returns a random row; an object without members if all or nearly all rows were removed. */
export function anyRow(account: Account, random: Random, set: string): Row {
  const { store } = account.set(set);
  const index = store.pick(random);
  return (index === undefined ? undefined : store.row(index)) ?? {};
}

export function addToLead(account: Account, random: Random, set: string): void {
  account.add(set, { leadId: anyRow(account, random, 'Leads')['id'] });
}

export function changeAny(account: Account, random: Random, set: string, members: Row): void {
  const index = account.set(set).store.pick(random);
  if (index !== undefined) account.changeAt(set, index, members);
}

export function removeAny(account: Account, random: Random, set: string): void {
  const index = account.set(set).store.pick(random);
  if (index !== undefined) account.removeAt(set, index);
}
