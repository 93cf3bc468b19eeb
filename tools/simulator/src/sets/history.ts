import { millisecondsInDay } from 'date-fns/constants';
import type { Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { formatMoment, noDates, type Moment } from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { Timeline } from '../seed/timeline.ts';
import { type World } from '../seed/world.ts';
import { discardReasonNames } from './catalogues.ts';
import { FUNNELS, stageName, STAGE_COUNT } from './lookups.ts';
import { leadFacts, leadId } from './leads.ts';
import { anyUser } from './users.ts';

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

/** Describes the moves of leads between stages. A row has no ID and does not name the user. */
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
    discardDate: discarded ? world.date(when) : random.chance(0.2) ? random.pick(noDates) : null,
    originFunnelId: random.orNull(0.2, () => random.pick(FUNNELS)),
    destinationFunnelId: leadFacts(world, lead).funnelId,
  };
}

/** Describes the discarded leads. A lead may be discarded more than once, on different dates. */
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
    reason: random.pick([...discardReasonNames, null]),
    stage: stageName(random.below(STAGE_COUNT)),
  };
}

/**
 * Describes the lead transfers between users. Only some members are documented, and rows have no
 * ID.
 */
export function transferHistory(world: World): Definition {
  const perLead = new RowsPerLead([1, 0, 2, 0, 0], world.leads);
  const times = pastTimes(world, 'transferHistory', perLead.total);
  return {
    name: 'transferHistory',
    entity: 'TransferHistoryODataDTO',
    properties: {
      ...{ leadId: 'int', originUserId: 'int', destinationUserId: 'int', createdAt: 'instant' },
    },
    count: perLead.total,
    row: (index) => {
      const random = world.random('transferHistory', index);
      return {
        leadId: leadId(perLead.ownerOf(index).lead),
        originUserId: random.orNull(0.1, () => anyUser(world, 'sdrs', random)['id']),
        destinationUserId: anyUser(world, 'sellers', random)['id'],
        createdAt: utc(times.moment(index)),
      };
    },
    key: ['leadId', 'createdAt'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead)),
      byTime('createdAt', times, utc, ['leadId']),
    ],
    addedAt: ['createdAt'],
    stamp: utc,
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}
