import { millisecondsInDay } from 'date-fns/constants';
import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { noDates } from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import type { Random } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, firstName, lastName, money, remark, temperatures } from '../seed/sample-text.ts';
import { idAt, type World } from '../seed/world.ts';
import { product, PRODUCT_COUNT } from './catalogues.ts';
import { stageId, stageName, STAGE_COUNT } from './lookups.ts';
import { pastTimes } from './history.ts';
import { leadFacts, leadId } from './leads.ts';
import { anyUser } from './users.ts';

const FIRST_SALE = 1_200_000;

export function leadsSold(world: World): Definition {
  const perLead = new RowsPerLead([0, 0, 0, 1, 0, 0, 0, 0, 0, 0], world.leads);
  const times = pastTimes(world, 'LeadsSold', perLead.total);
  return {
    name: 'LeadsSold',
    entity: 'LeadSoldODataDTO',
    properties: {
      ...{ id: 'int', leadId: 'int', saleDate: 'instant', saleStage: 'string' },
      ...{ totalDealValue: 'number', cycle: 'int' },
      preSales: { id: 'int', name: 'string', lastName: 'string', email: 'string' },
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
    cycle: random.pick([1, 1, 1, 2]),
    preSales: random.orNull(0.1, () => reference(anyUser(world, 'sdrs', random))),
    salesRep: random.chance(0.2) ? noSeller : seller,
    products: random.chance(0.1)
      ? random.pick([null, []])
      : Array.from({ length: 1 + random.below(3) }, () => soldProduct(random)),
  };
}

/** Returns the user members that sales and qualifications repeat. */
function reference({ id, name, lastName: last, email: address }: Row): Row {
  return { id, name, lastName: last, email: address };
}

function soldProduct(random: Random): Row {
  const { id, name } = product(random.below(PRODUCT_COUNT));
  const [individualValue, quantity] = [money(random, 900), random.pick([1, 2, 2.5, 10])];
  const fullValue = Math.round(individualValue * quantity * 100) / 100;
  const discountAmount = random.pick([0, 0.1, 12.5]);
  return {
    id: random.orNull(0.05, () => id),
    name,
    quantity,
    individualValue,
    fullValue,
    discountType: random.pick(['Absoluto', 'Porcentual', 'Nenhum']),
    discountAmount,
    finalValue: Math.round((fullValue - discountAmount) * 100) / 100,
  };
}

/** Describes the products that were recommended to leads before a sale. */
export function recommendedProducts(world: World): Definition {
  const perLead = new RowsPerLead([0, 1, 0, 0, 2], world.leads);
  return {
    name: 'recommendedProducts',
    entity: 'RecommendedProductODataDTO',
    properties: {
      ...{ leadId: 'int', productId: 'int', quantity: 'number', labelValue: 'number' },
      ...{ amount: 'number', descountType: 'string', descountValue: 'number' },
    },
    count: perLead.total,
    row: (index) => {
      const { lead, nth } = perLead.ownerOf(index);
      // Each added row has a new product, so that no lead has a product twice.
      const at = index < perLead.total ? nth + (lead % (PRODUCT_COUNT - 1)) : 1000 + index;
      return {
        leadId: leadId(lead),
        productId: product(at)['id'],
        ...price(world.random('recommendedProducts', index)),
      };
    },
    key: ['leadId', 'productId'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead), ['productId']),
    ],
    addedAt: [],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function price(random: Random): Row {
  const [labelValue, quantity] = [money(random, 900), random.pick([1, 2, 2.5, 10])];
  return {
    ...{ quantity, labelValue, amount: Math.round(labelValue * quantity * 100) / 100 },
    descountType: random.pick(['Absoluto', 'Porcentual', null]),
    descountValue: random.pick([0, 12.5, null]),
  };
}

/**
 * Describes the qualifications. The rows have no ID; the key is the lead and the qualification
 * time.
 */
export function qualifications(world: World): Definition {
  const perLead = new RowsPerLead([1, 2, 0], world.leads);
  const times = pastTimes(world, 'QualificationHistories', perLead.total);
  const { questionId } = world.shapes;
  return {
    name: 'QualificationHistories',
    entity: 'QualificationHistoryODataDTO',
    properties: {
      ...{ leadId: 'int', funnelId: 'int', stageId: 'int', cycle: 'int', points: 'number' },
      ...{ stage: 'string', originStage: 'string', score: 'string' },
      ...{ qualificationDate: 'instant', meetingDate: 'instant' },
      userAction: { id: 'int', name: 'string', lastName: 'string', email: 'string' },
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
  const { funnelId } = leadFacts(world, lead);
  const position = random.below(STAGE_COUNT);
  return {
    leadId: leadId(lead),
    funnelId,
    ...temperature(random),
    cycle: random.pick([1, 1, 1, 2, 3]),
    stageId: stageId(funnelId, position),
    stage: stageName(position),
    originStage: random.orNull(0.2, () => stageName(random.below(STAGE_COUNT))),
    meetingDate: random.chance(0.7)
      ? random.pick(noDates)
      : world.date({ ms: world.now - random.below(700) * millisecondsInDay, fraction: '' }),
    userAction: random.orNull(0.05, () => reference(anyUser(world, 'sdrs', random))),
    questionAnswers: random.chance(0.1)
      ? random.pick([null, []])
      : Array.from({ length: 1 + random.below(4) }, (_, at) => answered(world, random, at)),
  };
}

/** Returns the points and the temperature that they result in. */
function temperature(random: Random): Row {
  if (random.chance(0.1)) return { score: null, points: null };
  const points = random.below(401) / 4;
  return { score: temperatures[Math.min(4, Math.floor((100 - points) / 20))] ?? null, points };
}

function answered(world: World, random: Random, at: number): Row {
  const answers = Array.from({ length: random.below(4) }, () => ({ text: remark(random) }));
  return {
    question: random.pick(['Qual o tamanho da equipe?', 'Usa "CRM"?', 'Prazo;\norçamento?']),
    [world.shapes.questionId]: 3000 + at,
    answers: random.chance(0.05) ? null : answers,
  };
}
