import type { Definition } from '../account/definition.ts';
import { day, falseUtc, wallClock, written, type Moment } from '../account/instant.ts';
import { byKey, byTime } from '../account/ordering.ts';
import type { Properties, Row } from '../account/properties.ts';
import { hash, saltOf } from '../account/random.ts';
import { Share } from '../account/share.ts';
import { digits, email, family, person, phone, remark } from '../account/texts.ts';
import { Timeline } from '../account/timeline.ts';
import { DAY, idAt, type World } from '../account/world.ts';
import { leadFacts, leadId } from './leads.ts';
import { anyUser, userProperties } from './users.ts';

const HOUR = 60 * 60 * 1000;

/** An agenda reaches two years back and half a year ahead. */
export function agendaTimes(world: World, name: string, count: number, together = 1): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  const [from, to] = [world.now - 730 * DAY, world.now + 200 * DAY];
  return new Timeline({ count, from, to, seed, together, agenda: true });
}

/** Start and end are texts without a zone, by São Paulo's clock. */
export function meetings(world: World): Definition {
  const share = new Share([1, 0, 0, 1, 0, 0, 0, 1, 0, 0], world.leads);
  const times = agendaTimes(world, 'Meetings', share.total);
  const registered = new Timeline({
    count: share.total,
    from: world.now - 900 * DAY,
    to: world.now,
    seed: hash(world.seed, saltOf('Meetings'), 1),
  });
  const start = ({ ms }: Moment): string => wallClock(ms);
  return {
    name: 'Meetings',
    entity: 'ReuniaoODataDTO',
    properties: meetingProperties(world),
    count: share.total,
    row: (index) => ({
      ...meeting(world, index, share.owner(index).lead),
      ...meetingTimes(times.moment(index).ms),
      registerDate: written(registered.moment(index), 'Z'),
    }),
    key: ['id'],
    orderings: [
      byKey('id', share.total, (index) => idAt(4_700_000, index)),
      byTime('startTime', times, start, ['id'], true),
    ],
    addedAt: ['registerDate'],
    stamp: (moment) => written(moment, 'Z'),
    owner: { path: 'lead.id', rowsOf: (lead) => share.of(lead) },
  };
}

/** What a meeting says of its time, for a start in milliseconds since 1970. */
export function meetingTimes(ms: number): Row {
  return { startTime: wallClock(ms), finalTime: wallClock(ms + HOUR), meetingDate: day(ms) };
}

function meetingProperties({ shapes }: World): Properties {
  const texts = [
    ...['startTime', 'finalTime', 'meetingDate', 'type', 'meetingType', 'reference'],
    ...['managerDescription', 'sdrDescription', 'meetingFeedbackUrl', 'score'],
  ];
  return {
    id: 'int',
    ...Object.fromEntries(texts.map((name) => [name, 'string' as const])),
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
  const draws = world.draws('Meetings', index);
  const seller = anyUser(world, 'sellers', draws);
  const { id, name, lastName, email: address, active } = seller;
  return {
    id: idAt(4_700_000, index),
    type: draws.pick(['Vigente', 'Concluido', 'Cancelada']),
    meetingType: draws.pick(['Presencial', 'Online', 'Telefone']),
    reference: draws.orNull(0.5, () => remark(draws)),
    managerDescription: draws.orNull(0.5, () => remark(draws)),
    sdrDescription: draws.orNull(0.5, () => remark(draws)),
    meetingFeedbackUrl: draws.orNull(0.5, () => `https://app.exemplo.com.br/f/${index}`),
    score: null,
    qualificationDate: null,
    lead: { id: leadId(lead), name: leadFacts(world, lead).lead, site: '', phone: phone(draws) },
    salesRep: { id, name, lastName, email: address, active },
    user: draws.orNull(0.05, () => anyUser(world, 'sdrs', draws)),
  };
}

/** Two or three boxes begin at the same time; start and end bear a `Z` that means nothing. */
export function boxes(world: World): Definition {
  const share = new Share([1, 0], world.leads);
  const times = agendaTimes(world, 'Boxes', share.total, 3);
  const start = ({ ms }: Moment): string => falseUtc(ms);
  const texts = ['address', 'description', 'salesRep', 'salesRepEmail', 'status', 'typeMeeting'];
  return {
    name: 'Boxes',
    entity: 'BoxODataDTO',
    properties: {
      id: 'int',
      leadId: 'int',
      start: 'instant',
      end: 'instant',
      ...Object.fromEntries(texts.map((name) => [name, 'string' as const])),
    },
    count: share.total,
    row: (index) => ({
      ...box(world, index, share.owner(index).lead),
      ...boxTimes(times.moment(index).ms),
    }),
    key: ['id'],
    orderings: [
      byKey('id', share.total, (index) => idAt(43_700_000, index)),
      byTime('start', times, start, ['id']),
    ],
    addedAt: [],
    stamp: ({ ms }) => falseUtc(ms),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

/** What a box says of its time, for a start in milliseconds since 1970. */
export function boxTimes(ms: number): Row {
  return { start: falseUtc(ms), end: falseUtc(ms + HOUR / 2) };
}

function box(world: World, index: number, lead: number): Row {
  const draws = world.draws('Boxes', index);
  const busy = draws.chance(0.6);
  return {
    id: idAt(43_700_000, index),
    address: draws.orNull(0.7, () => `Rua ${digits(draws, 3)}`),
    description: busy ? remark(draws) : '',
    leadId: busy ? leadId(lead) : 0,
    salesRep: `${person(draws)} ${family(draws)}`,
    salesRepEmail: email(draws),
    status: busy ? 'busy' : 'available',
    typeMeeting: draws.pick(['Online', 'on site', 'call']),
  };
}
