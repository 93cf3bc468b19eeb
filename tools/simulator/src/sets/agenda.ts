import { millisecondsInDay, millisecondsInHour } from 'date-fns/constants';
import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import {
  wallClockDate,
  wallClockAsUtc,
  wallClock,
  formatMoment,
  type Moment,
} from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { digits, email, firstName, lastName, phone, remark } from '../seed/sample-text.ts';
import { Timeline } from '../seed/timeline.ts';
import { idAt, type World } from '../seed/world.ts';
import { leadFacts, leadId, personCount, personId } from './leads.ts';
import { anyUser, userProperties } from './users.ts';

const FIRST_TASK = 7_100_000;
/** Returns appointment times from two years ago to about half a year ahead. */
function agendaTimes(world: World, name: string, count: number, rowsPerMoment = 1): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  const [from, to] = [world.now - 730 * millisecondsInDay, world.now + 200 * millisecondsInDay];
  return new Timeline({ count, from, to, seed, rowsPerMoment, agenda: true });
}

/** Meetings. `startTime` and `finalTime` are strings without a zone, in São Paulo's wall clock. */
export function meetings(world: World): Definition {
  const perLead = new RowsPerLead([1, 0, 0, 1, 0, 0, 0, 1, 0, 0], world.leads);
  const times = agendaTimes(world, 'Meetings', perLead.total);
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
      registerDate: formatMoment(registered.moment(index), 'Z'),
    }),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(4_700_000, index)),
      byTime('startTime', times, start, ['id'], true),
    ],
    addedAt: ['registerDate'],
    stamp: (moment) => formatMoment(moment, 'Z'),
    owner: { path: 'lead.id', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
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
    id: idAt(4_700_000, index),
    type: random.pick(['Vigente', 'Concluido', 'Cancelada']),
    meetingType: random.pick(['Presencial', 'Online', 'Telefone']),
    reference: random.orNull(0.5, () => remark(random)),
    managerDescription: random.orNull(0.5, () => remark(random)),
    sdrDescription: random.orNull(0.5, () => remark(random)),
    meetingFeedbackUrl: random.orNull(0.5, () => `https://app.exemplo.com.br/f/${index}`),
    score: null,
    qualificationDate: null,
    lead: { id: leadId(lead), name: leadFacts(world, lead).lead, site: '', phone: phone(random) },
    salesRep: { id, name, lastName, email: address, active },
    user: random.orNull(0.05, () => anyUser(world, 'sdrs', random)),
  };
}

/** Boxes. Up to three start at the same time. `start` and `end` are wall clock in spite of their `Z`. */
export function boxes(world: World): Definition {
  const perLead = new RowsPerLead([1, 0], world.leads);
  const times = agendaTimes(world, 'Boxes', perLead.total, 3);
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
  const busy = random.chance(0.6);
  return {
    id: idAt(43_700_000, index),
    address: random.orNull(0.7, () => `Rua ${digits(random, 3)}`),
    description: busy ? remark(random) : '',
    leadId: busy ? leadId(lead) : 0,
    salesRep: `${firstName(random)} ${lastName(random)}`,
    salesRepEmail: email(random),
    status: busy ? 'busy' : 'available',
    typeMeeting: random.pick(['Online', 'on site', 'call']),
  };
}

export function tasks(world: World): Definition {
  const perLead = new RowsPerLead([1, 0, 1, 0, 0], world.leads);
  const times = agendaTimes(world, 'Tasks', perLead.total);
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
    count: perLead.total,
    row: (index) => ({
      ...task(world, index, perLead.ownerOf(index).lead),
      dueDate: world.date(times.moment(index)),
    }),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(FIRST_TASK, index)),
      byTime('dueDate', times, (moment) => world.date(moment), ['id']),
    ],
    addedAt: [],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function task(world: World, index: number, lead: number): Row {
  const random = world.random('Tasks', index);
  return {
    id: idAt(FIRST_TASK, index),
    activityTypeId: 1 + random.below(6),
    leadId: leadId(lead),
    note: random.orNull(0.4, () => remark(random)),
    sdr: random.orNull(0.1, () => anyUser(world, 'sdrs', random)),
    status: random.pick(['Pendente', 'Concluída', 'Atrasada']),
    timeNotification: random.orNull(0.3, () => 15 * random.below(5)),
    title: random.pick(['Ligar', 'Enviar proposta', 'Cobrar "retorno"']),
    userEmail: email(random),
    contacts: contacts(world, lead, random.below(4)),
  };
}

/** Returns the contacts of a task: some of the lead's persons, an empty list or null. */
function contacts(world: World, lead: number, most: number): Row[] | null {
  if (most === 3) return null;
  const random = world.random('contacts', lead);
  return Array.from({ length: Math.min(most, personCount(world, lead)) }, (_, nth) => ({
    id: personId(lead, nth),
    email: random.orNull(0.3, () => email(random)),
  }));
}
