import type { Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { email, remark } from '../seed/sample-text.ts';
import { idAt, type World } from '../seed/world.ts';
import { agendaTimes } from './agenda.ts';
import { TASK_TYPE_COUNT } from './catalogues.ts';
import { leadId, personCount, personId } from './leads.ts';
import { anyUser, userProperties } from './users.ts';

const FIRST_TASK = 7_100_000;

/** Describes the tasks. One task in sixteen has no due date. */
export function tasks(world: World): Definition {
  const perLead = new RowsPerLead([1, 0, 1, 0, 0], world.leads);
  const undated = Math.floor(perLead.total / 16);
  const times = agendaTimes(world, 'Tasks', perLead.total, { undated });
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
      dueDate: times.isUndated(index) ? world.undated : world.date(times.moment(index)),
    }),
    key: ['id'],
    orderings: [
      byKey('id', perLead.total, (index) => idAt(FIRST_TASK, index)),
      byTime('dueDate', times, (moment) => world.date(moment), ['id'], false, world.undated),
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
    activityTypeId: 1 + random.below(TASK_TYPE_COUNT),
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
