import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import type { Random } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, firstName, lastName, money, remark } from '../seed/sample-text.ts';
import { idAt, type World } from '../seed/world.ts';
import { stageName, STAGE_COUNT } from './lookups.ts';
import { pastTimes } from './history.ts';
import { leadFacts, leadId } from './leads.ts';

const FIRST_SALE = 1_200_000;

export function leadsSold(world: World): Definition {
  const perLead = new RowsPerLead([0, 0, 0, 1, 0, 0, 0, 0, 0, 0], world.leads);
  const times = pastTimes(world, 'LeadsSold', perLead.total);
  return {
    name: 'LeadsSold',
    entity: 'LeadSoldODataDTO',
    properties: {
      ...{ id: 'int', leadId: 'int', saleDate: 'instant', saleStage: 'string' },
      ...{ totalDealValue: 'number', cycle: 'int', preSales: { email: 'string' } },
      salesRep: { email: 'string', name: 'string', lastName: 'string' },
      products: [productProperties],
    },
    count: perLead.total,
    row: (index) => ({
      ...sale(world, index, perLead.ownerOf(index).lead),
      saleDate: world.date(times.moment(index)),
    }),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(FIRST_SALE, index)),
      byTime('saleDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: ['saleDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
    unselectable: ['products'],
  };
}

const productProperties: Properties = {
  ...{ id: 'int', name: 'string', quantity: 'number', discountType: 'string' },
  ...{ discountAmount: 'number', finalValue: 'number', fullValue: 'number' },
  individualValue: 'number',
};

function sale(world: World, index: number, lead: number): Row {
  const random = world.random('LeadsSold', index);
  const noSeller = { email: null, name: null, lastName: null };
  const seller = { email: email(random), name: firstName(random), lastName: lastName(random) };
  return {
    id: idAt(FIRST_SALE, index),
    leadId: leadId(lead),
    saleStage: stageName(random.below(STAGE_COUNT)),
    totalDealValue: random.orNull(0.05, () => money(random, 90_000)),
    cycle: 1,
    preSales: { email: email(random) },
    salesRep: random.chance(0.2) ? noSeller : seller,
    products: random.chance(0.1)
      ? random.pick([null, []])
      : Array.from({ length: 1 + random.below(3) }, () => product(random)),
  };
}

function product(random: Random): Row {
  const [individualValue, quantity] = [money(random, 900), random.pick([1, 2, 2.5, 10])];
  const fullValue = Math.round(individualValue * quantity * 100) / 100;
  const discountAmount = random.pick([0, 0.1, 12.5]);
  return {
    id: 500 + random.below(90),
    name: random.pick(['Plano anual', 'Implantação', 'Licença "extra"', ' Suporte']),
    quantity,
    individualValue,
    fullValue,
    discountType: random.pick(['Absoluto', 'Porcentual', 'Nenhum']),
    discountAmount,
    finalValue: Math.round((fullValue - discountAmount) * 100) / 100,
  };
}

/** Qualifications. The rows have no ID; the key is the lead and the qualification time. */
export function qualifications(world: World): Definition {
  const perLead = new RowsPerLead([1, 2, 0], world.leads);
  const times = pastTimes(world, 'QualificationHistories', perLead.total);
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
    count: perLead.total,
    row: (index) => ({
      ...qualification(world, index, perLead.ownerOf(index).lead),
      qualificationDate: world.date(times.moment(index)),
    }),
    key: ['leadId', 'qualificationDate'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead)),
      byTime('qualificationDate', times, (moment) => world.date(moment), ['leadId']),
    ],
    addedAt: ['qualificationDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function qualification(world: World, index: number, lead: number): Row {
  const random = world.random('QualificationHistories', index);
  return {
    leadId: leadId(lead),
    funnelId: leadFacts(world, lead).funnelId,
    score: random.orNull(0.1, () => random.pick(['87', '07.50', '100'])),
    stage: stageName(random.below(STAGE_COUNT)),
    originStage: random.orNull(0.2, () => stageName(random.below(STAGE_COUNT))),
    meetingDate: null,
    userAction: { name: firstName(random), lastName: random.orNull(0.2, () => lastName(random)) },
    questionAnswers: random.chance(0.1)
      ? random.pick([null, []])
      : Array.from({ length: 1 + random.below(4) }, (_, at) => answered(world, random, at)),
  };
}

function answered(world: World, random: Random, at: number): Row {
  const answers = Array.from({ length: random.below(4) }, () => ({ text: remark(random) }));
  return {
    question: random.pick(['Qual o tamanho da equipe?', 'Usa "CRM"?', 'Prazo;\norçamento?']),
    [world.shapes.questionId]: 3000 + at,
    answers: random.chance(0.05) ? null : answers,
  };
}
