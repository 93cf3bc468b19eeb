import type { Edit, EditScope } from '../../account/account.ts';
import type { Random } from '../../seed/random.ts';
import { companyName, money, phone } from '../../seed/sample-text.ts';
import {
  addToAgenda,
  dropDueDate,
  giveFeedback,
  moveInAgenda,
  removeFromAgenda,
} from './agenda-edits.ts';
import { addToLead, changeAny, removeAny } from './any-row.ts';
import {
  addCall,
  addLead,
  changeField,
  changeLead,
  changePersons,
  moveLead,
} from './lead-edits.ts';
import { addLateSale, correctSale, restartSoldLead } from './sale-edits.ts';

type WeightedEdit = readonly [weight: number, edit: Edit];

/** Picks a random edit by its weight. */
export function pickEdit(random: Random, scope: EditScope): Edit {
  const edits = scope === 'whole' ? [...daily, ...silent] : daily;
  let place = random.next() * edits.reduce((sum, [weight]) => sum + weight, 0);
  const [, edit] = edits.find(([weight]) => (place -= weight) < 0) ?? [0, changeLead];
  return edit;
}

/** Edits that a client can detect if it asks for changes every day. */
const daily: readonly WeightedEdit[] = [
  [30, changeLead],
  [12, moveLead],
  [10, changePersons],
  [10, addLead],
  [8, changeField],
  [4, (account, random) => addToLead(account, random, 'LeadsCustomFields')],
  [8, addCall],
  [5, (account, random) => addToLead(account, random, 'QualificationHistories')],
  [3, (account, random) => addToLead(account, random, 'LeadsSold')],
  [2, addLateSale],
  [2, correctSale],
  [1, restartSoldLead],
  [1, giveFeedback],
  ...(['transferHistory', 'recommendedProducts', 'PendingFeedbacks'] as const).map(
    (set): WeightedEdit => [1, (account, random) => addToLead(account, random, set)],
  ),
  ...(['recommendedProducts', 'PendingFeedbacks'] as const).map((set): WeightedEdit => [
    0.5,
    (account, random) => removeAny(account, random, set),
  ]),
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
  ...(['Funnels', 'TasksType', 'discardReasons'] as const).flatMap((set): WeightedEdit[] => [
    [0.3, (account, random) => changeAny(account, random, set, { value: companyName(random) })],
    [0.3, (account) => account.add(set)],
    [0.2, (account, random) => removeAny(account, random, set)],
  ]),
  ...(['products', 'customFields', 'Groups', 'Users'] as const).flatMap((set): WeightedEdit[] => [
    [0.3, (account) => account.add(set)],
    [0.2, (account, random) => removeAny(account, random, set)],
  ]),
];

/** Edits that only a complete read can detect. */
const silent: readonly WeightedEdit[] = [
  [10, (account, random) => removeAny(account, random, 'Leads')],
  ...(
    [
      ...['LeadsCustomFields', 'callsHistory', 'QualificationHistories', 'LeadsSold'],
      'transferHistory',
    ] as const
  ).map((set): WeightedEdit => [3, (account, random) => removeAny(account, random, set)]),
  [1, dropDueDate],
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
