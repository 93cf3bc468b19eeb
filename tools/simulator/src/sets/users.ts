import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey } from '../seed/ordering.ts';
import type { Draws } from '../seed/random.ts';
import { email, family, person, phone } from '../seed/text.ts';
import { idAt, type Shapes, type World } from '../seed/world.ts';

type Kind = 'sdrs' | 'sellers';

const kinds = {
  sdrs: { base: 415_000, count: 12 },
  sellers: { base: 448_000, count: 9 },
} as const;

/** Pre-sellers and sellers are users of one shape; there is no endpoint for managers. */
export function users(world: World, kind: Kind): Definition {
  const { base, count } = kinds[kind];
  return {
    name: kind,
    entity: kind === 'sdrs' ? 'SdrODataDTO' : 'SellerODataDTO',
    properties: userProperties(world.shapes),
    count,
    row: (index) => user(world, kind, index),
    key: ['id'],
    orderings: [byKey('id', count, (index) => idAt(base, index))],
    addedAt: [],
    stamp: (moment) => world.date(moment),
  };
}

export function userProperties({ groupList }: Shapes): Properties {
  return {
    id: 'int',
    name: 'string',
    lastName: 'string',
    email: 'string',
    phone: 'string',
    phone2: 'string',
    active: 'boolean',
    groupList: groupList === 'objects' ? [{ id: 'int', value: 'string' }] : ['string'],
  };
}

function user(world: World, kind: Kind, index: number): Row {
  const draws = world.draws(kind, index);
  return {
    id: idAt(kinds[kind].base, index),
    name: person(draws),
    lastName: draws.orNull(0.2, () => family(draws)),
    email: email(draws),
    phone: draws.orNull(0.3, () => phone(draws)),
    phone2: draws.orNull(0.7, () => phone(draws)),
    active: index % 6 !== 5,
    groupList: groups(world, index, draws),
  };
}

/** The users of each account: few, and repeated in most rows. */
const made = new WeakMap<World, Record<Kind, readonly Row[]>>();

/** One of the users, the same for the same draws. */
export function anyUser(world: World, kind: Kind, draws: Draws): Row {
  let both = made.get(world);
  if (!both) made.set(world, (both = { sdrs: all(world, 'sdrs'), sellers: all(world, 'sellers') }));
  return draws.pick(both[kind]);
}

function all(world: World, kind: Kind): Row[] {
  return Array.from({ length: kinds[kind].count }, (_, index) => user(world, kind, index));
}

/** Nobody, as the API says it: the object is there, its members are null. */
export function noUser(): Row {
  return {
    ...{ id: null, name: null, lastName: null, email: null },
    ...{ phone: null, phone2: null, active: false, groupList: null },
  };
}

function groups({ shapes }: World, index: number, draws: Draws): unknown {
  if (index % 4 === 3) return index % 8 === 3 ? [] : null;
  const names = ['Inbound', 'Outbound, frio', 'Equipe "A"'].slice(0, 1 + draws.below(3));
  if (shapes.groupList === 'strings') return names;
  return names.map((value, at) => ({ id: 31 + at, value }));
}
