import { millisecondsInDay, millisecondsInHour } from 'date-fns/constants';
import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import {
  wallClockDate,
  wallClockAsUtc,
  wallClock,
  formatMoment,
  noDates,
  type Moment,
} from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf, type Random } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import {
  digits,
  email,
  firstName,
  lastName,
  phone,
  remark,
  temperatures,
} from '../seed/sample-text.ts';
import { Timeline } from '../seed/timeline.ts';
import { idAt, type World } from '../seed/world.ts';
import { leadFacts, leadId } from './leads.ts';
import { STAGE_COUNT, stageId, stageName } from './lookups.ts';
import { anyUser, userProperties } from './users.ts';

const FIRST_MEETING = 4_700_000;

function meetingId(index: number): number {
  return idAt(FIRST_MEETING, index);
}

/** Returns appointment times from two years ago to about half a year ahead. */
export function agendaTimes(
  world: World,
  name: string,
  count: number,
  { rowsPerMoment = 1, undated = 0 } = {},
): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  const [from, to] = [world.now - 730 * millisecondsInDay, world.now + 200 * millisecondsInDay];
  return new Timeline({ count, from, to, seed, rowsPerMoment, undated, agenda: true });
}

/** Assigns meetings to leads. */
function meetingsPerLead(world: World): RowsPerLead {
  return new RowsPerLead([1, 0, 0, 1, 0, 0, 0, 1, 0, 0], world.leads);
}

/**
 * Describes the meetings. `startTime` and `finalTime` are in São Paulo wall-clock time, as strings
 * without a zone.
 */
export function meetings(world: World): Definition {
  const perLead = meetingsPerLead(world);
  const times = meetingTimeline(world, perLead.total);
  const registered = new Timeline({
    count: perLead.total,
    from: world.now - 900 * millisecondsInDay,
    to: world.now,
    seed: hash(world.seed, saltOf('Meetings'), 1),
  });
  const start = ({ ms }: Moment): string => wallClock(ms);
  return {
    name: 'Meetings',
    entity: 'ReuniaoODataDTO',
    properties: meetingProperties(world),
    count: perLead.total,
    row: (index) => ({
      ...meeting(world, index, perLead.ownerOf(index).lead),
      ...meetingTimes(times.moment(index).ms),
      ...outcome(world, index, times.moment(index).ms),
      registerDate: formatMoment(registered.moment(index), 'Z'),
    }),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => meetingId(index)),
      byTime('startTime', times, start, ['id'], true),
    ],
    addedAt: ['registerDate'],
    stamp: (moment) => formatMoment(moment, 'Z'),
    owner: { path: 'lead.id', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

/** Returns the start of each meeting. */
function meetingTimeline(world: World, count: number): Timeline {
  return agendaTimes(world, 'Meetings', count);
}

/** Returns a meeting's time members. `ms` is its start in milliseconds since 1970. */
export function meetingTimes(ms: number): Row {
  return {
    startTime: wallClock(ms),
    finalTime: wallClock(ms + millisecondsInHour),
    meetingDate: wallClockDate(ms),
  };
}

function meetingProperties({ shapes }: World): Properties {
  const strings = [
    ...['startTime', 'finalTime', 'meetingDate', 'type', 'meetingType', 'reference'],
    ...['managerDescription', 'sdrDescription', 'meetingFeedbackUrl', 'score'],
  ];
  return {
    id: 'int',
    ...Object.fromEntries(strings.map((name) => [name, 'string' as const])),
    registerDate: 'instant',
    qualificationDate: 'instant',
    lead: { id: 'int', name: 'string', site: 'string', phone: 'string' },
    salesRep: {
      ...{ id: 'int', name: 'string', lastName: 'string', email: 'string', active: 'boolean' },
    },
    user: userProperties(shapes),
  };
}

function meeting(world: World, index: number, lead: number): Row {
  const random = world.random('Meetings', index);
  const seller = anyUser(world, 'sellers', random);
  const { id, name, lastName, email: address, active } = seller;
  return {
    id: meetingId(index),
    meetingType: random.pick(['Presencial', 'Online', 'Telefone']),
    reference: random.orNull(0.5, () => remark(random)),
    managerDescription: random.orNull(0.5, () => remark(random)),
    sdrDescription: random.orNull(0.5, () => remark(random)),
    meetingFeedbackUrl: random.orNull(0.5, () => `https://app.exemplo.com.br/f/${index}`),
    lead: { id: leadId(lead), name: leadFacts(world, lead).lead, site: '', phone: phone(random) },
    salesRep: { id, name, lastName, email: address, active },
    user: random.orNull(0.05, () => anyUser(world, 'sdrs', random)),
  };
}

/**
 * Returns the status and feedback of a meeting. Only some past meetings have the seller's feedback.
 */
function outcome(world: World, index: number, start: number): Row {
  const random = world.random('feedback', index);
  const type = awaitsFeedback(index)
    ? 'Vigente'
    : random.pick(['Vigente', 'Concluido', 'Cancelada']);
  const given = start + (1 + random.below(50)) * millisecondsInHour;
  if (type === 'Concluido' && given < world.now && random.chance(0.4)) {
    return { type, ...feedback(random, { ms: given, fraction: '4609863' }) };
  }
  return { type, score: null, qualificationDate: random.chance(0.2) ? random.pick(noDates) : null };
}

/** Returns the members of a meeting that contain the seller's feedback. */
export function feedback(random: Random, moment: Moment): Row {
  return { score: random.pick(temperatures), qualificationDate: formatMoment(moment, 'Z') };
}

/** Every seventh meeting waits for feedback. */
const FEEDBACK_EVERY = 7;

function awaitsFeedback(index: number): boolean {
  return index % FEEDBACK_EVERY === 0;
}

/** Describes the meetings whose seller has not given feedback yet. */
export function pendingFeedbacks(world: World): Definition {
  const perLead = meetingsPerLead(world);
  const times = meetingTimeline(world, perLead.total);
  const count = Math.ceil(perLead.total / FEEDBACK_EVERY);
  const utc = (moment: Moment): string => formatMoment(moment, 'Z');
  return {
    name: 'PendingFeedbacks',
    entity: 'PendingFeedbackODataDTO',
    properties: {
      ...{ meetingId: 'int', leadId: 'int', leadName: 'string', stageId: 'int' },
      ...{ stageName: 'string', sellerId: 'int', sellerName: 'string', sellerLastName: 'string' },
      date: 'instant',
    },
    count,
    row: (index) => {
      const at = index * FEEDBACK_EVERY;
      const ms = Math.min(
        times.moment(at).ms + millisecondsInHour,
        world.now - (1 + (index % 20)) * millisecondsInHour,
      );
      const pending = pendingFeedback(world, index, perLead.ownerOf(at).lead);
      return { meetingId: meetingId(at), ...pending, date: utc({ ms, fraction: '' }) };
    },
    key: ['meetingId'],
    orderings: [byKey('meetingId', count, (index) => meetingId(index * FEEDBACK_EVERY))],
    addedAt: ['date'],
    stamp: utc,
    owner: {
      path: 'leadId',
      rowsOf: (lead) => {
        const { from, to } = perLead.rowsOf(lead);
        return { from: Math.ceil(from / FEEDBACK_EVERY), to: Math.ceil(to / FEEDBACK_EVERY) };
      },
    },
  };
}

function pendingFeedback(world: World, index: number, lead: number): Row {
  const random = world.random('PendingFeedbacks', index);
  const { lead: leadName, funnelId } = leadFacts(world, lead);
  const position = random.below(STAGE_COUNT);
  const { id, name, lastName } = anyUser(world, 'sellers', random);
  return {
    ...{ leadId: leadId(lead), leadName },
    ...{ stageId: stageId(funnelId, position), stageName: stageName(position) },
    ...{ sellerId: id, sellerName: name, sellerLastName: lastName },
  };
}

/**
 * Describes the boxes. Up to three boxes start at the same time. `start` and `end` are in
 * São Paulo wall-clock time even though they end with `Z`.
 */
export function boxes(world: World): Definition {
  const perLead = new RowsPerLead([1, 0], world.leads);
  const times = agendaTimes(world, 'Boxes', perLead.total, { rowsPerMoment: 3 });
  const start = ({ ms }: Moment): string => wallClockAsUtc(ms);
  const strings = ['address', 'description', 'salesRep', 'salesRepEmail', 'status', 'typeMeeting'];
  return {
    name: 'Boxes',
    entity: 'BoxODataDTO',
    properties: {
      id: 'int',
      leadId: 'int',
      start: 'instant',
      end: 'instant',
      ...Object.fromEntries(strings.map((name) => [name, 'string' as const])),
    },
    count: perLead.total,
    row: (index) => ({
      ...box(world, index, perLead.ownerOf(index).lead),
      ...boxTimes(times.moment(index).ms),
    }),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(43_700_000, index)),
      byTime('start', times, start, ['id']),
    ],
    addedAt: [],
    stamp: ({ ms }) => wallClockAsUtc(ms),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

/** Returns a box's time members. `ms` is its start in milliseconds since 1970. */
export function boxTimes(ms: number): Row {
  return { start: wallClockAsUtc(ms), end: wallClockAsUtc(ms + millisecondsInHour / 2) };
}

function box(world: World, index: number, lead: number): Row {
  const random = world.random('Boxes', index);
  const busy = random.chance(0.8);
  return {
    id: idAt(43_700_000, index),
    address: random.orNull(0.7, () => `Rua ${digits(random, 3)}`),
    description: busy ? remark(random) : '',
    // Many busy boxes have no lead.
    leadId: busy && random.chance(0.6) ? leadId(lead) : 0,
    salesRep: `${firstName(random)} ${lastName(random)}`,
    salesRepEmail: email(random),
    status: busy ? 'busy' : 'available',
    typeMeeting: random.pick(['Online', 'on site', 'call']),
  };
}
