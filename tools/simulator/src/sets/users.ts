import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey } from '../seed/ordering.ts';
import type { Random } from '../seed/random.ts';
import { email, firstName, lastName, phone } from '../seed/sample-text.ts';
import { idAt, type Shapes, type World } from '../seed/world.ts';

type Kind = 'sdrs' | 'sellers' | 'managers';

const kinds = {
  sdrs: { base: 415_000, count: 12 },
  sellers: { base: 448_000, count: 9 },
  managers: { base: 460_000, count: 2 },
} as const;

/** Describes all users, including managers, who are in no other set. */
export function allUsers(world: World): Definition {
  const { sdrs, sellers, managers } = kinds;
  const count = sdrs.count + sellers.count + managers.count;
  const row = (index: number): Row => {
    if (index < sdrs.count) return user(world, 'sdrs', index);
    const rest = index - sdrs.count;
    if (rest < sellers.count) return user(world, 'sellers', rest);
    return user(world, 'managers', rest - sellers.count);
  };
  return {
    name: 'Users',
    entity: 'UserODataDTO',
    properties: userProperties(world.shapes),
    count,
    row,
    key: ['id'],
    orderings: [byKey('id', count, (index) => Number(row(index)['id']))],
    addedAt: [],
    stamp: (moment) => world.date(moment),
  };
}

/** Describes the pre-sellers or the sellers, whose rows have the same members. */
export function users(world: World, kind: 'sdrs' | 'sellers'): Definition {
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
  const random = world.random(kind, index);
  return {
    id: idAt(kinds[kind].base, index),
    name: firstName(random),
    lastName: random.orNull(0.2, () => lastName(random)),
    email: email(random),
    phone: random.orNull(0.3, () => phone(random)),
    phone2: random.orNull(0.7, () => phone(random)),
    active: index % 6 !== 5,
    groupList: groups(world, index, random),
  };
}

/** The users of each account, cached because most rows contain a user. */
const cache = new WeakMap<World, Record<'sdrs' | 'sellers', readonly Row[]>>();

/** Returns a random user of the account. */
export function anyUser(world: World, kind: 'sdrs' | 'sellers', random: Random): Row {
  let both = cache.get(world);
  if (!both)
    cache.set(world, (both = { sdrs: all(world, 'sdrs'), sellers: all(world, 'sellers') }));
  return random.pick(both[kind]);
}

function all(world: World, kind: Kind): Row[] {
  return Array.from({ length: kinds[kind].count }, (_, index) => user(world, kind, index));
}

/**
 * Returns the object that the API sends for a missing user. All members except `active` are null.
 */
export function noUser(): Row {
  return {
    ...{ id: null, name: null, lastName: null, email: null },
    ...{ phone: null, phone2: null, active: false, groupList: null },
  };
}

/** The names of the account's groups, in the order in which a user lists them. */
export const groupNames = ['Inbound', 'Outbound, frio', 'Equipe "A"'];

function groups({ shapes }: World, index: number, random: Random): unknown {
  if (index % 4 === 3) return index % 8 === 3 ? [] : null;
  const names = groupNames.slice(0, 1 + random.below(3));
  if (shapes.groupList === 'strings') return names;
  return names.map((value, at) => ({ id: 31 + at, value }));
}
