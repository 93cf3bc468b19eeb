import type { Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { written, type Moment } from '../seed/instant.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, phone, remark } from '../seed/text.ts';
import { Timeline } from '../seed/timeline.ts';
import { DAY, idAt, type World } from '../seed/world.ts';
import { FUNNELS, stageName, STAGES } from './catalogues.ts';
import { leadFacts, leadId } from './leads.ts';

const utc = (moment: Moment): string => written(moment, 'Z');

/** Moments of the last two years. */
export function pastTimes(world: World, name: string, count: number, together = 1): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  return new Timeline({ count, from: world.now - 730 * DAY, to: world.now, seed, together });
}

/** A row for each move of a lead between stages; no id, and no name of who moved it. */
export function leadStages(world: World): Definition {
  const share = new RowsPerLead([2, 3, 1, 2], world.leads);
  const times = pastTimes(world, 'LeadStages', share.total);
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
    count: share.total,
    row: (index) => ({
      ...leadStage(world, index, share.owner(index)),
      createdAt: utc(times.moment(index)),
    }),
    key: ['leadId', 'cycle', 'createdAt', 'destinationStage'],
    orderings: [
      byKey('leadId', share.total, (index) => leadId(share.owner(index).lead)),
      byTime('createdAt', times, utc, ['leadId']),
    ],
    addedAt: ['createdAt'],
    stamp: utc,
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

function leadStage(world: World, index: number, { lead, nth }: { lead: number; nth: number }): Row {
  const draws = world.draws('LeadStages', index);
  const discarded = draws.chance(0.1);
  const when = { ms: world.now - draws.below(700) * DAY, fraction: '5' };
  return {
    leadId: leadId(lead),
    originStage: nth === 0 ? null : stageName(draws.below(STAGES)),
    destinationStage: discarded ? 'Descartado' : stageName(draws.below(STAGES)),
    cycle: 1 + Math.floor(nth / 2),
    discardedStage: discarded,
    discardDate: discarded ? world.date(when) : null,
    originFunnelId: draws.orNull(0.2, () => draws.pick(FUNNELS)),
    destinationFunnelId: leadFacts(world, lead).funnelId,
  };
}

/** A lead may be discarded more than once, on different dates. */
export function losts(world: World): Definition {
  const share = new RowsPerLead(
    [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    world.leads,
  );
  const times = pastTimes(world, 'Losts', share.total);
  return {
    name: 'Losts',
    entity: 'LostODataDTO',
    properties: {
      ...{ leadId: 'int', funnelId: 'int', reason: 'string', stage: 'string', date: 'instant' },
    },
    count: share.total,
    row: (index) => ({
      ...lost(world, index, share.owner(index).lead),
      date: world.date(times.moment(index)),
    }),
    key: ['leadId', 'date'],
    orderings: [
      byKey('leadId', share.total, (index) => leadId(share.owner(index).lead)),
      byTime('date', times, (moment) => world.date(moment), ['leadId']),
    ],
    addedAt: ['date'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

function lost(world: World, index: number, lead: number): Row {
  const draws = world.draws('Losts', index);
  return {
    leadId: leadId(lead),
    funnelId: leadFacts(world, lead).funnelId,
    reason: draws.pick(['Sem orçamento', 'Não responde', 'Comprou "do outro"', null]),
    stage: stageName(draws.below(STAGES)),
  };
}

/** Calls; two may begin at the same instant. */
export function callsHistory(world: World): Definition {
  const share = new RowsPerLead([2, 4, 0, 1, 3], world.leads);
  const times = pastTimes(world, 'callsHistory', share.total, 2);
  const texts = [
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
      ...Object.fromEntries(texts.map((name) => [name, 'string' as const])),
    },
    count: share.total,
    row: (index) => call(world, index, share.owner(index).lead, times.moment(index)),
    key: ['id'],
    orderings: [
      byKey('id', share.total, (index) => idAt(33_000_000, index)),
      byTime('startDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: ['startDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

function call(world: World, index: number, lead: number, begin: Moment): Row {
  const draws = world.draws('callsHistory', index);
  const { lead: leadName, funnelId } = leadFacts(world, lead);
  const seconds = draws.below(900);
  const answered = draws.chance(0.6);
  const end = { ms: begin.ms + seconds * 1000, fraction: begin.fraction };
  return {
    id: idAt(33_000_000, index),
    leadId: leadId(lead),
    leadName,
    funnelId,
    callAnswered: answered,
    manualSet: draws.chance(0.2),
    startDate: world.date(begin),
    endDate: answered ? world.date(end) : null,
    talkingDurationSeconds: answered ? seconds : null,
    audio: answered ? `https://gravacoes.exemplo.com.br/${index}.mp3?a=1&b=2` : null,
    called: phone(draws),
    caller: draws.pick(['0800', '5511900000001', '+55 11 4000-0000']),
    description: draws.orNull(0.5, () => remark(draws)),
    price: draws.orNull(0.3, () => draws.below(5000) / 1000),
    result: draws.pick(['Atendeu', 'Não atendeu', 'Caixa postal', null]),
    stage: stageName(draws.below(STAGES)),
    userEmail: email(draws),
    userName: 'Operadora',
  };
}
