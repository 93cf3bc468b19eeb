import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { day, falseUtc, wallClock, written, type Moment } from '../seed/instant.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { digits, email, family, person, phone, remark } from '../seed/text.ts';
import { Timeline } from '../seed/timeline.ts';
import { DAY, idAt, type World } from '../seed/world.ts';
import { leadFacts, leadId, personCount, personId } from './leads.ts';
import { anyUser, userProperties } from './users.ts';

const FIRST_TASK = 7_100_000;
const HOUR = 60 * 60 * 1000;

/** An agenda reaches two years back and half a year ahead. */
function agendaTimes(world: World, name: string, count: number, together = 1): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  const [from, to] = [world.now - 730 * DAY, world.now + 200 * DAY];
  return new Timeline({ count, from, to, seed, together, agenda: true });
}

/** Start and end are texts without a zone, by São Paulo's clock. */
export function meetings(world: World): Definition {
  const share = new RowsPerLead([1, 0, 0, 1, 0, 0, 0, 1, 0, 0], world.leads);
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
  const share = new RowsPerLead([1, 0], world.leads);
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

export function tasks(world: World): Definition {
  const share = new RowsPerLead([1, 0, 1, 0, 0], world.leads);
  const times = agendaTimes(world, 'Tasks', share.total);
  return {
    name: 'Tasks',
    entity: 'TaskODataDTO',
    properties: {
      id: 'int',
      activityTypeId: 'int',
      dueDate: 'instant',
      leadId: 'int',
      note: 'string',
      sdr: userProperties(world.shapes),
      status: 'string',
      timeNotification: 'int',
      title: 'string',
      userEmail: 'string',
      contacts: [{ id: 'int', email: 'string' }],
    },
    count: share.total,
    row: (index) => ({
      ...task(world, index, share.owner(index).lead),
      dueDate: world.date(times.moment(index)),
    }),
    key: ['id'],
    orderings: [
      byKey('id', share.total, (index) => idAt(FIRST_TASK, index)),
      byTime('dueDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: [],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

function task(world: World, index: number, lead: number): Row {
  const draws = world.draws('Tasks', index);
  return {
    id: idAt(FIRST_TASK, index),
    activityTypeId: 1 + draws.below(6),
    leadId: leadId(lead),
    note: draws.orNull(0.4, () => remark(draws)),
    sdr: draws.orNull(0.1, () => anyUser(world, 'sdrs', draws)),
    status: draws.pick(['Pendente', 'Concluída', 'Atrasada']),
    timeNotification: draws.orNull(0.3, () => 15 * draws.below(5)),
    title: draws.pick(['Ligar', 'Enviar proposta', 'Cobrar "retorno"']),
    userEmail: email(draws),
    contacts: contacts(world, lead, draws.below(4)),
  };
}

/** Some of the lead's persons; a list may be empty or missing. */
function contacts(world: World, lead: number, most: number): Row[] | null {
  if (most === 3) return null;
  const draws = world.draws('contacts', lead);
  return Array.from({ length: Math.min(most, personCount(world, lead)) }, (_, nth) => ({
    id: personId(lead, nth),
    email: draws.orNull(0.3, () => email(draws)),
  }));
}
