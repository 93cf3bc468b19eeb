import { millisecondsInDay } from 'date-fns/constants';
import type { Account } from '../../account/account.ts';
import { lowerBound } from '../../seed/ordering.ts';
import type { Random } from '../../seed/random.ts';
import { money } from '../../seed/sample-text.ts';
import { SOLD_STAGE, stageName } from '../lookups.ts';
import { anyRow } from './any-row.ts';

/** How many days after its date a sale may be entered or corrected. */
const LATE_DAYS = 50;

/** Adds a sale that is dated days or weeks ago, because users choose the date. */
export function addLateSale(account: Account, random: Random): void {
  const { ms, fraction } = account.moment();
  const day = { ms: ms - (1 + random.below(LATE_DAYS)) * millisecondsInDay, fraction };
  const leadId = anyRow(account, random, 'Leads')['id'];
  account.add('LeadsSold', { leadId, saleDate: account.world.date(day) });
}

/** Corrects a sale of the last weeks without changing its date. */
export function correctSale(account: Account, random: Random): void {
  const { store } = account.set('LeadsSold');
  const ordering = store.definition.orderings.find(({ path }) => path === 'saleDate');
  if (!ordering) return;
  const since = new Date(account.clock - LATE_DAYS * millisecondsInDay).toISOString().slice(0, 19);
  const from = lowerBound(ordering, since);
  if (from >= ordering.size) return;
  const index = ordering.indexAt(from + random.below(ordering.size - from));
  if (store.row(index) === undefined) return;
  account.changeAt('LeadsSold', index, { totalDealValue: money(random, 9000) });
}

/** Starts a new cycle for a sold lead without discarding it. The lead may be sold a second time. */
export function restartSoldLead(account: Account, random: Random): void {
  const sale = anyRow(account, random, 'LeadsSold');
  const leadId = sale['leadId'];
  if (typeof leadId !== 'number') return;
  const [originStage, destinationStage] = [stageName(SOLD_STAGE), stageName(0)];
  const cycle = Number(sale['cycle']) + 1;
  account.change('Leads', leadId, { stage: destinationStage });
  const move = { leadId, originStage, destinationStage, cycle };
  account.add('LeadStages', { ...move, discardedStage: false, discardDate: null });
  if (random.chance(0.5)) account.add('LeadsSold', { leadId, cycle });
}
