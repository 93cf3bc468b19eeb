import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import type { Draws } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, family, money, person, remark } from '../seed/text.ts';
import { idAt, type World } from '../seed/world.ts';
import { stageName, STAGES } from './catalogues.ts';
import { pastTimes } from './history.ts';
import { leadFacts, leadId } from './leads.ts';

const SOLD = 1_200_000;

export function leadsSold(world: World): Definition {
  const share = new RowsPerLead([0, 0, 0, 1, 0, 0, 0, 0, 0, 0], world.leads);
  const times = pastTimes(world, 'LeadsSold', share.total);
  return {
    name: 'LeadsSold',
    entity: 'LeadSoldODataDTO',
    properties: {
      ...{ id: 'int', leadId: 'int', saleDate: 'instant', saleStage: 'string' },
      ...{ totalDealValue: 'number', cycle: 'int', preSales: { email: 'string' } },
      salesRep: { email: 'string', name: 'string', lastName: 'string' },
      products: [productProperties],
    },
    count: share.total,
    row: (index) => ({
      ...sale(world, index, share.owner(index).lead),
      saleDate: world.date(times.moment(index)),
    }),
    key: ['id'],
    orderings: [
      byKey('id', share.total, (index) => idAt(SOLD, index)),
      byTime('saleDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: ['saleDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
    unselectable: ['products'],
  };
}

const productProperties: Properties = {
  ...{ id: 'int', name: 'string', quantity: 'number', discountType: 'string' },
  ...{ discountAmount: 'number', finalValue: 'number', fullValue: 'number' },
  individualValue: 'number',
};

function sale(world: World, index: number, lead: number): Row {
  const draws = world.draws('LeadsSold', index);
  const nobody = { email: null, name: null, lastName: null };
  const seller = { email: email(draws), name: person(draws), lastName: family(draws) };
  return {
    id: idAt(SOLD, index),
    leadId: leadId(lead),
    saleStage: stageName(draws.below(STAGES)),
    totalDealValue: draws.orNull(0.05, () => money(draws, 90_000)),
    cycle: 1,
    preSales: { email: email(draws) },
    salesRep: draws.chance(0.2) ? nobody : seller,
    products: draws.chance(0.1)
      ? draws.pick([null, []])
      : Array.from({ length: 1 + draws.below(3) }, () => product(draws)),
  };
}

function product(draws: Draws): Row {
  const [individualValue, quantity] = [money(draws, 900), draws.pick([1, 2, 2.5, 10])];
  const fullValue = Math.round(individualValue * quantity * 100) / 100;
  const discountAmount = draws.pick([0, 0.1, 12.5]);
  return {
    id: 500 + draws.below(90),
    name: draws.pick(['Plano anual', 'Implantação', 'Licença "extra"', ' Suporte']),
    quantity,
    individualValue,
    fullValue,
    discountType: draws.pick(['Absoluto', 'Porcentual', 'Nenhum']),
    discountAmount,
    finalValue: Math.round((fullValue - discountAmount) * 100) / 100,
  };
}

/** No id: a lead, and when it was qualified. */
export function qualifications(world: World): Definition {
  const share = new RowsPerLead([1, 2, 0], world.leads);
  const times = pastTimes(world, 'QualificationHistories', share.total);
  const { questionId } = world.shapes;
  return {
    name: 'QualificationHistories',
    entity: 'QualificationHistoryODataDTO',
    properties: {
      ...{ leadId: 'int', funnelId: 'int', qualificationDate: 'instant', score: 'string' },
      ...{ stage: 'string', originStage: 'string', meetingDate: 'instant' },
      userAction: { name: 'string', lastName: 'string' },
      questionAnswers: [{ question: 'string', [questionId]: 'int', answers: [{ text: 'string' }] }],
    },
    count: share.total,
    row: (index) => ({
      ...qualification(world, index, share.owner(index).lead),
      qualificationDate: world.date(times.moment(index)),
    }),
    key: ['leadId', 'qualificationDate'],
    orderings: [
      byKey('leadId', share.total, (index) => leadId(share.owner(index).lead)),
      byTime('qualificationDate', times, (moment) => world.date(moment), ['leadId']),
    ],
    addedAt: ['qualificationDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

function qualification(world: World, index: number, lead: number): Row {
  const draws = world.draws('QualificationHistories', index);
  return {
    leadId: leadId(lead),
    funnelId: leadFacts(world, lead).funnelId,
    score: draws.orNull(0.1, () => draws.pick(['87', '07.50', '100'])),
    stage: stageName(draws.below(STAGES)),
    originStage: draws.orNull(0.2, () => stageName(draws.below(STAGES))),
    meetingDate: null,
    userAction: { name: person(draws), lastName: draws.orNull(0.2, () => family(draws)) },
    questionAnswers: draws.chance(0.1)
      ? draws.pick([null, []])
      : Array.from({ length: 1 + draws.below(4) }, (_, at) => answered(world, draws, at)),
  };
}

function answered(world: World, draws: Draws, at: number): Row {
  const answers = Array.from({ length: draws.below(4) }, () => ({ text: remark(draws) }));
  return {
    question: draws.pick(['Qual o tamanho da equipe?', 'Usa "CRM"?', 'Prazo;\norçamento?']),
    [world.shapes.questionId]: 3000 + at,
    answers: draws.chance(0.05) ? null : answers,
  };
}
