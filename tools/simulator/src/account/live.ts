import type { Account } from './account.ts';
import {
  addCall,
  addLead,
  addToAgenda,
  addToLead,
  changeAny,
  changeLead,
  changePersons,
  moveInAgenda,
  moveLead,
  removeAny,
  removeFromAgenda,
} from './edits.ts';
import { Draws, hash } from './random.ts';
import { company, money, phone, remark } from './texts.ts';

export interface LiveOptions {
  readonly seed: number;
  readonly edits: number;
  /**
   * `daily`: only what a reader can notice that asks each day for what changed: nothing disappears
   * from, or changes silently in, a set that is read by date. `whole`: anything may happen.
   * `daily` unless told.
   */
  readonly reach?: 'daily' | 'whole';
}

type Edit = (account: Account, draws: Draws) => void;
type Weighted = readonly [weight: number, edit: Edit];

/** How often each thing happens to a company, in proportion. */
const daily: readonly Weighted[] = [
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
  ...(['Meetings', 'Tasks', 'Boxes'] as const).flatMap((set): Weighted[] => [
    [3, (account, draws) => addToAgenda(account, draws, set)],
    [3, (account, draws) => moveInAgenda(account, draws, set)],
    [2, (account, draws) => removeFromAgenda(account, draws, set)],
  ]),
  ...(['sdrs', 'sellers'] as const).flatMap((set): Weighted[] => [
    [1, (account, draws) => changeAny(account, draws, set, { phone: phone(draws), active: false })],
    [0.5, (account) => account.add(set)],
    [0.3, (account, draws) => removeAny(account, draws, set)],
  ]),
  ...(['stages', 'industries', 'Sources'] as const).flatMap((set): Weighted[] => [
    [0.5, (account, draws) => changeAny(account, draws, set, { value: ` ${company(draws)}` })],
    [0.5, (account) => account.add(set)],
    [0.3, (account, draws) => removeAny(account, draws, set)],
  ]),
  [0.5, (account, draws) => changeAny(account, draws, 'Sources', { subSources: [] })],
];

/** What goes unnoticed until a set is read whole. */
const silent: readonly Weighted[] = [
  [10, (account, draws) => removeAny(account, draws, 'Leads')],
  ...(['LeadsCustomFields', 'callsHistory', 'QualificationHistories', 'LeadsSold'] as const).map(
    (set): Weighted => [3, (account, draws) => removeAny(account, draws, set)],
  ),
  ...(['Meetings', 'Tasks', 'Boxes'] as const).map((set): Weighted => [
    2,
    (account, draws) => removeAny(account, draws, set),
  ]),
  [
    2,
    (account, draws) => changeAny(account, draws, 'LeadsSold', { totalDealValue: money(draws, 9) }),
  ],
  [2, (account, draws) => changeAny(account, draws, 'callsHistory', { price: money(draws, 9) })],
];

/** Runs a random script of edits on an account. */
export function live(account: Account, { seed, edits, reach = 'daily' }: LiveOptions): void {
  const draws = new Draws(hash(seed, 13, edits));
  const kinds = reach === 'whole' ? [...daily, ...silent] : daily;
  const total = kinds.reduce((sum, [weight]) => sum + weight, 0);
  for (let done = 0; done < edits; done += 1) {
    let place = draws.next() * total;
    const [, edit] = kinds.find(([weight]) => (place -= weight) < 0) ?? [0, changeLead];
    edit(account, draws);
  }
}
