import { millisecondsInDay } from 'date-fns/constants';
import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { formatMoment, noDates, type Moment } from '../seed/moment.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf, type Random } from '../seed/random.ts';
import {
  cnpj,
  companyName,
  digits,
  email,
  lastName,
  firstName,
  phone,
  remark,
} from '../seed/sample-text.ts';
import { Timeline } from '../seed/timeline.ts';
import { idAt, indexOfId, type Shapes, type World } from '../seed/world.ts';
import {
  FUNNELS,
  industry,
  source,
  SOURCE_COUNT,
  stageName,
  STAGE_COUNT,
  subSources,
} from './lookups.ts';
import { anyUser, noUser, userProperties } from './users.ts';

const FIRST_LEAD = 50_000_000;
const FIRST_PERSON = 90_000_000;
const utc = (moment: Moment): string => formatMoment(moment, 'Z');

export function leadId(index: number): number {
  return idAt(FIRST_LEAD, index);
}

export function leadIndex(id: number): number {
  return indexOfId(FIRST_LEAD, id);
}

/** Returns a lead's name and funnel, which other sets repeat. */
export function leadFacts(world: World, index: number): { lead: string; funnelId: number } {
  const random = world.random('lead', index);
  return { lead: companyName(random), funnelId: random.pick(FUNNELS) };
}

/**
 * Describes the leads with their persons, which `/Leads` hides and `/LeadsAndPersons` sends. As
 * after an import, 1,000 leads share one `updateDate` (a third of the leads if the account has
 * fewer than 2,000 leads).
 */
export function leads(world: World): Definition {
  const count = world.leads;
  const burst = count >= 2000 ? 1000 : Math.floor(count / 3);
  const registered = timeline(world, 'registered', [
    world.now - 1500 * millisecondsInDay,
    world.now - 730 * millisecondsInDay,
  ]);
  const updated = timeline(
    world,
    'updated',
    [world.now - 730 * millisecondsInDay, world.now],
    burst,
  );
  return {
    name: 'Leads',
    entity: 'LeadODataDTO',
    properties: leadProperties(world.shapes),
    count,
    row: (index) => ({
      ...lead(world, index),
      registerDate: utc(registered.moment(index)),
      updateDate: utc(updated.moment(index)),
      persons: persons(world, index, leadId(index)),
    }),
    key: ['id'],
    orderings: [byKey('id', count, leadId), byTime('updateDate', updated, utc, ['id'])],
    addedAt: ['registerDate', 'updateDate'],
    changedAt: ['updateDate'],
    stamp: utc,
  };
}

function timeline(
  world: World,
  name: string,
  [from, to]: readonly [number, number],
  burst = 0,
): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  return new Timeline({ count: world.leads, from, to, seed, burst });
}

function leadProperties(shapes: Shapes): Properties {
  const reference = { id: 'int', value: 'string' } as const;
  const strings = [
    ...['lead', 'stage', 'cep', 'city', 'state', 'country', 'street', 'number', 'complement'],
    ...['district', 'cnpj', 'cpf', 'description', 'integrationId', 'leadProduct', 'mktLink'],
    ...['phone1', 'phone2', 'ddiPhone', 'publicLink', 'website'],
  ];
  return {
    id: 'int',
    ...Object.fromEntries(strings.map((name) => [name, 'string' as const])),
    funnelId: 'int',
    organizationId: 'int',
    registerDate: 'instant',
    updateDate: 'instant',
    closingForecastDate: 'instant',
    industry: reference,
    source: reference,
    subSource: reference,
    sdr: userProperties(shapes),
    salesRep: userProperties(shapes),
    telephones: shapes.telephones === 'objects' ? [{ number: 'string' }] : ['string'],
    persons: [personProperties(shapes)],
  };
}

function lead(world: World, index: number): Row {
  const random = world.random('Leads', index);
  const from = random.below(SOURCE_COUNT);
  return {
    id: leadId(index),
    ...leadFacts(world, index),
    stage: random.chance(0.1) ? 'Descartado' : stageName(random.below(STAGE_COUNT)),
    ...address(random),
    ...contact(world, random),
    description: random.orNull(0.4, () => remark(random)),
    integrationId: random.orNull(0.6, () => `0${random.below(99_999)}`),
    leadProduct: random.orNull(0.5, () => random.pick(['Plano A', 'Plano "B"', 'Café & Cia'])),
    organizationId: random.orNull(0.5, () => 900 + random.below(90)),
    mktLink: random.orNull(0.7, () => `https://exemplo.com.br/?utm_source=a&utm_term=${index}`),
    publicLink: `https://app.exemplo.com.br/lead/${leadId(index)}`,
    closingForecastDate: random.chance(0.7)
      ? random.pick([null, null, ...noDates])
      : world.date({ ms: world.now + random.below(90) * millisecondsInDay, fraction: '' }),
    industry: random.orNull(0.2, () => reference(industry(random.below(6)))),
    source: random.orNull(0.1, () => reference(source(world, from))),
    subSource: random.orNull(0.3, () => reference(subSources(from)?.[0])),
    sdr: anyUser(world, 'sdrs', random),
    salesRep: random.chance(0.4) ? noUser() : anyUser(world, 'sellers', random),
  };
}

/** Returns a reference to a row. If there is no such row, both members are null. */
function reference(row: Row | undefined): Row {
  return { id: row?.['id'] ?? null, value: row?.['value'] ?? null };
}

function address(random: Random): Row {
  return {
    cep: `0${digits(random, 4)}-${digits(random, 3)}`,
    city: random.pick(['São Paulo', 'Belo Horizonte', "Santa Bárbara d'Oeste", 'Ijuí']),
    state: random.pick(['SP', 'MG', 'RS', null]),
    country: random.pick(['Brasil', 'Brasil', '']),
    street: random.orNull(0.2, () => random.pick(['Rua 7 de Setembro', 'Av. Ipê, nº 5'])),
    number: random.pick(['007', '12-B', 's/n', '100', null]),
    complement: random.orNull(0.5, () => random.pick(['2º andar', ' fundos', 'sala "1"'])),
    district: random.orNull(0.3, () => 'Centro'),
  };
}

function contact({ shapes }: World, random: Random): Row {
  const telephones = Array.from({ length: random.below(4) }, () => phone(random));
  const objects = telephones.map((number) => ({ number }));
  return {
    cnpj: random.orNull(0.2, () => cnpj(random)),
    cpf: random.orNull(0.8, () => `0${digits(random, 10)}`),
    phone1: phone(random),
    phone2: random.orNull(0.6, () => phone(random)),
    ddiPhone: null,
    telephones: random.orNull(0.1, () => (shapes.telephones === 'objects' ? objects : telephones)),
    website: random.orNull(0.4, () => random.pick(['https://exemplo.com.br', ''])),
  };
}

function personProperties({ messagingId }: Shapes): Properties {
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

/** Returns the number of persons of a lead: usually one to three, sometimes none. */
export function personCount(world: World, lead: number): number {
  const drawn = world.random('personCount', lead).below(20);
  return drawn < 2 ? 0 : 1 + (drawn % 3);
}

export function personId(lead: number, nth: number): number {
  return idAt(FIRST_PERSON, lead * 4 + nth);
}

function persons(world: World, lead: number, leadId: number): Row[] | null {
  const random = world.random('persons', lead);
  const count = personCount(world, lead);
  if (count === 0) return random.chance(0.5) ? null : [];
  return Array.from({ length: count }, (_, nth) => ({
    id: personId(lead, nth),
    leadId,
    mainContact: nth === 0 ? true : random.pick([false, null]),
    ...onePerson(random, world.shapes),
  }));
}

export function onePerson(random: Random, { messagingId }: Shapes): Row {
  return {
    name: `${firstName(random)} ${lastName(random)}`,
    email: random.orNull(0.3, () => email(random)),
    jobTitle: random.orNull(0.4, () => random.pick(['Sócia', 'Diretor "geral"', 'Comprador'])),
    phone1: random.orNull(0.2, () => phone(random)),
    phone2: random.orNull(0.7, () => phone(random)),
    messagingPlatform: random.orNull(0.7, () => random.pick(['WhatsApp', 'Skype'])),
    [messagingId]: random.orNull(0.7, () => remark(random)),
  };
}
