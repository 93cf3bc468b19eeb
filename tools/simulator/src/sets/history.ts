import { millisecondsInDay } from 'date-fns/constants';
import type { Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { formatMoment, type Moment } from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, phone, remark } from '../seed/sample-text.ts';
import { Timeline } from '../seed/timeline.ts';
import { idAt, type World } from '../seed/world.ts';
import { FUNNELS, stageName, STAGE_COUNT } from './lookups.ts';
import { leadFacts, leadId } from './leads.ts';

const utc = (moment: Moment): string => formatMoment(moment, 'Z');

/** Returns moments in the last two years. */
export function pastTimes(world: World, name: string, count: number, rowsPerMoment = 1): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  return new Timeline({
    count,
    from: world.now - 730 * millisecondsInDay,
    to: world.now,
    seed,
    rowsPerMoment,
  });
}

/** Moves of leads between stages, one row per move. A row has no ID and does not name the user. */
export function leadStages(world: World): Definition {
  const perLead = new RowsPerLead([2, 3, 1, 2], world.leads);
  const times = pastTimes(world, 'LeadStages', perLead.total);
  return {
    name: 'LeadStages',
    entity: 'LeadStageODataDTO',
    properties: {
      leadId: 'int',
      originStage: 'string',
      destinationStage: 'string',
      createdAt: 'instant',
      cycle: 'int',
      discardedStage: 'boolean',
      discardDate: 'instant',
      originFunnelId: 'int',
      destinationFunnelId: 'int',
    },
    count: perLead.total,
    row: (index) => ({
      ...leadStage(world, index, perLead.ownerOf(index)),
      createdAt: utc(times.moment(index)),
    }),
    key: ['leadId', 'cycle', 'createdAt', 'destinationStage'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead)),
      byTime('createdAt', times, utc, ['leadId']),
    ],
    addedAt: ['createdAt'],
    stamp: utc,
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function leadStage(world: World, index: number, { lead, nth }: { lead: number; nth: number }): Row {
  const random = world.random('LeadStages', index);
  const discarded = random.chance(0.1);
  const when = { ms: world.now - random.below(700) * millisecondsInDay, fraction: '5' };
  return {
    leadId: leadId(lead),
    originStage: nth === 0 ? null : stageName(random.below(STAGE_COUNT)),
    destinationStage: discarded ? 'Descartado' : stageName(random.below(STAGE_COUNT)),
    cycle: 1 + Math.floor(nth / 2),
    discardedStage: discarded,
    discardDate: discarded ? world.date(when) : null,
    originFunnelId: random.orNull(0.2, () => random.pick(FUNNELS)),
    destinationFunnelId: leadFacts(world, lead).funnelId,
  };
}

/** Discarded leads. A lead may be discarded more than once, on different dates. */
export function losts(world: World): Definition {
  const perLead = new RowsPerLead(
    [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    world.leads,
  );
  const times = pastTimes(world, 'Losts', perLead.total);
  return {
    name: 'Losts',
    entity: 'LostODataDTO',
    properties: {
      ...{ leadId: 'int', funnelId: 'int', reason: 'string', stage: 'string', date: 'instant' },
    },
    count: perLead.total,
    row: (index) => ({
      ...lost(world, index, perLead.ownerOf(index).lead),
      date: world.date(times.moment(index)),
    }),
    key: ['leadId', 'date'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead)),
      byTime('date', times, (moment) => world.date(moment), ['leadId']),
    ],
    addedAt: ['date'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function lost(world: World, index: number, lead: number): Row {
  const random = world.random('Losts', index);
  return {
    leadId: leadId(lead),
    funnelId: leadFacts(world, lead).funnelId,
    reason: random.pick(['Sem orçamento', 'Não responde', 'Comprou "do outro"', null]),
    stage: stageName(random.below(STAGE_COUNT)),
  };
}

/** Calls. Two calls may start at the same moment. */
export function callsHistory(world: World): Definition {
  const perLead = new RowsPerLead([2, 4, 0, 1, 3], world.leads);
  const times = pastTimes(world, 'callsHistory', perLead.total, 2);
  const strings = [
    ...['audio', 'called', 'caller', 'description', 'leadName', 'result', 'stage'],
    ...['userEmail', 'userName'],
  ];
  return {
    name: 'callsHistory',
    entity: 'CallHistoryODataDTO',
    properties: {
      id: 'int',
      leadId: 'int',
      funnelId: 'int',
      callAnswered: 'boolean',
      manualSet: 'boolean',
      startDate: 'instant',
      endDate: 'instant',
      price: 'number',
      talkingDurationSeconds: 'int',
      ...Object.fromEntries(strings.map((name) => [name, 'string' as const])),
    },
    count: perLead.total,
    row: (index) => call(world, index, perLead.ownerOf(index).lead, times.moment(index)),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(33_000_000, index)),
      byTime('startDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: ['startDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function call(world: World, index: number, lead: number, begin: Moment): Row {
  const random = world.random('callsHistory', index);
  const { lead: leadName, funnelId } = leadFacts(world, lead);
  const seconds = random.below(900);
  const answered = random.chance(0.6);
  const end = { ms: begin.ms + seconds * 1000, fraction: begin.fraction };
  return {
    id: idAt(33_000_000, index),
    leadId: leadId(lead),
    leadName,
    funnelId,
    callAnswered: answered,
    manualSet: random.chance(0.2),
    startDate: world.date(begin),
    endDate: answered ? world.date(end) : null,
    talkingDurationSeconds: answered ? seconds : null,
    audio: answered ? `https://gravacoes.exemplo.com.br/${index}.mp3?a=1&b=2` : null,
    called: phone(random),
    caller: random.pick(['0800', '5511900000001', '+55 11 4000-0000']),
    description: random.orNull(0.5, () => remark(random)),
    price: random.orNull(0.3, () => random.below(5000) / 1000),
    result: random.pick(['Atendeu', 'Não atendeu', 'Caixa postal', null]),
    stage: stageName(random.below(STAGE_COUNT)),
    userEmail: email(random),
    userName: 'Operadora',
  };
}
