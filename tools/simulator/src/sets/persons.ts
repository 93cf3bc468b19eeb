import type { Properties, Row } from '../account/properties.ts';
import type { Draws } from '../account/random.ts';
import type { Shapes } from '../account/shapes.ts';
import { email, family, person, phone, remark } from '../account/texts.ts';
import { idAt, type World } from '../account/world.ts';

const BASE = 90_000_000;

export function personProperties({ messagingId }: Shapes): Properties {
  return {
    id: 'int',
    leadId: 'int',
    name: 'string',
    email: 'string',
    jobTitle: 'string',
    phone1: 'string',
    phone2: 'string',
    mainContact: 'boolean',
    messagingPlatform: 'string',
    [messagingId]: 'string',
  };
}

/** How many persons a lead has: mostly one to three, at times none, and then null or an empty list. */
export function personCount(world: World, lead: number): number {
  const drawn = world.draws('personCount', lead).below(20);
  return drawn < 2 ? 0 : 1 + (drawn % 3);
}

export function personId(lead: number, nth: number): number {
  return idAt(BASE, lead * 4 + nth);
}

export function persons(world: World, lead: number, leadId: number): Row[] | null {
  const draws = world.draws('persons', lead);
  const count = personCount(world, lead);
  if (count === 0) return draws.chance(0.5) ? null : [];
  return Array.from({ length: count }, (_, nth) => ({
    id: personId(lead, nth),
    leadId,
    mainContact: nth === 0 ? true : draws.pick([false, null]),
    ...onePerson(draws, world.shapes),
  }));
}

export function onePerson(draws: Draws, { messagingId }: Shapes): Row {
  return {
    name: `${person(draws)} ${family(draws)}`,
    email: draws.orNull(0.3, () => email(draws)),
    jobTitle: draws.orNull(0.4, () => draws.pick(['Sócia', 'Diretor "geral"', 'Comprador'])),
    phone1: draws.orNull(0.2, () => phone(draws)),
    phone2: draws.orNull(0.7, () => phone(draws)),
    messagingPlatform: draws.orNull(0.7, () => draws.pick(['WhatsApp', 'Skype'])),
    [messagingId]: draws.orNull(0.7, () => remark(draws)),
  };
}
