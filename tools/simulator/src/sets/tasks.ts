import type { Definition } from '../account/definition.ts';
import { byKey, byTime } from '../account/ordering.ts';
import type { Row } from '../account/properties.ts';
import { Share } from '../account/share.ts';
import { email, remark } from '../account/texts.ts';
import { idAt, type World } from '../account/world.ts';
import { agendaTimes } from './agenda.ts';
import { leadId } from './leads.ts';
import { personCount, personId } from './persons.ts';
import { anyUser, userProperties } from './users.ts';

const BASE = 7_100_000;

export function tasks(world: World): Definition {
  const share = new Share([1, 0, 1, 0, 0], world.leads);
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
      byKey('id', share.total, (index) => idAt(BASE, index)),
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
    id: idAt(BASE, index),
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
