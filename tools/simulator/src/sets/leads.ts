import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { written, type Moment } from '../seed/instant.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf, type Draws } from '../seed/random.ts';
import { cnpj, company, digits, email, family, person, phone, remark } from '../seed/text.ts';
import { Timeline } from '../seed/timeline.ts';
import { DAY, idAt, indexOfId, type Shapes, type World } from '../seed/world.ts';
import { FUNNELS, industry, source, SOURCES, stageName, STAGES, subSources } from './catalogues.ts';
import { anyUser, noUser, userProperties } from './users.ts';

const FIRST_LEAD = 50_000_000;
const FIRST_PERSON = 90_000_000;
const utc = (moment: Moment): string => written(moment, 'Z');

export function leadId(index: number): number {
  return idAt(FIRST_LEAD, index);
}

export function leadIndex(id: number): number {
  return indexOfId(FIRST_LEAD, id);
}

/** The name of a lead, and the funnel that it is in: other sets repeat them. */
export function leadFacts(world: World, index: number): { lead: string; funnelId: number } {
  const draws = world.draws('lead', index);
  return { lead: company(draws), funnelId: draws.pick(FUNNELS) };
}

/**
 * Leads with their persons inside: `/Leads` shows them without, `/LeadsAndPersons` with. A thousand
 * share one `updateDate` (an import), a third where there are fewer than two thousand.
 */
export function leads(world: World): Definition {
  const count = world.leads;
  const crowd = count >= 2000 ? 1000 : Math.floor(count / 3);
  const registered = timeline(world, 'registered', [world.now - 1500 * DAY, world.now - 730 * DAY]);
  const updated = timeline(world, 'updated', [world.now - 730 * DAY, world.now], crowd);
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
  crowd = 0,
): Timeline {
  const seed = hash(world.seed, saltOf(name), 0);
  return new Timeline({ count: world.leads, from, to, seed, crowd });
}

function leadProperties(shapes: Shapes): Properties {
  const reference = { id: 'int', value: 'string' } as const;
  const texts = [
    ...['lead', 'stage', 'cep', 'city', 'state', 'country', 'street', 'number', 'complement'],
    ...['district', 'cnpj', 'cpf', 'description', 'integrationId', 'leadProduct', 'mktLink'],
    ...['phone1', 'phone2', 'ddiPhone', 'publicLink', 'website'],
  ];
  return {
    id: 'int',
    ...Object.fromEntries(texts.map((name) => [name, 'string' as const])),
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
  const draws = world.draws('Leads', index);
  const from = draws.below(SOURCES);
  return {
    id: leadId(index),
    ...leadFacts(world, index),
    stage: draws.chance(0.1) ? 'Descartado' : stageName(draws.below(STAGES)),
    ...address(draws),
    ...contact(world, draws),
    description: draws.orNull(0.4, () => remark(draws)),
    integrationId: draws.orNull(0.6, () => `0${draws.below(99_999)}`),
    leadProduct: draws.orNull(0.5, () => draws.pick(['Plano A', 'Plano "B"', 'Café & Cia'])),
    organizationId: draws.orNull(0.5, () => 900 + draws.below(90)),
    mktLink: draws.orNull(0.7, () => `https://exemplo.com.br/?utm_source=a&utm_term=${index}`),
    publicLink: `https://app.exemplo.com.br/lead/${leadId(index)}`,
    closingForecastDate: draws.orNull(0.7, () =>
      world.date({ ms: world.now + draws.below(90) * DAY, fraction: '' }),
    ),
    industry: draws.orNull(0.2, () => reference(industry(draws.below(6)))),
    source: draws.orNull(0.1, () => reference(source(world, from))),
    subSource: draws.orNull(0.3, () => reference(subSources(from)?.[0])),
    sdr: anyUser(world, 'sdrs', draws),
    salesRep: draws.chance(0.4) ? noUser() : anyUser(world, 'sellers', draws),
  };
}

/** An object may be there with nothing in it. */
function reference(row: Row | undefined): Row {
  return { id: row?.['id'] ?? null, value: row?.['value'] ?? null };
}

function address(draws: Draws): Row {
  return {
    cep: `0${digits(draws, 4)}-${digits(draws, 3)}`,
    city: draws.pick(['São Paulo', 'Belo Horizonte', "Santa Bárbara d'Oeste", 'Ijuí']),
    state: draws.pick(['SP', 'MG', 'RS', null]),
    country: draws.pick(['Brasil', 'Brasil', '']),
    street: draws.orNull(0.2, () => draws.pick(['Rua 7 de Setembro', 'Av. Ipê, nº 5'])),
    number: draws.pick(['007', '12-B', 's/n', '100', null]),
    complement: draws.orNull(0.5, () => draws.pick(['2º andar', ' fundos', 'sala "1"'])),
    district: draws.orNull(0.3, () => 'Centro'),
  };
}

function contact({ shapes }: World, draws: Draws): Row {
  const telephones = Array.from({ length: draws.below(4) }, () => phone(draws));
  const objects = telephones.map((number) => ({ number }));
  return {
    cnpj: draws.orNull(0.2, () => cnpj(draws)),
    cpf: draws.orNull(0.8, () => `0${digits(draws, 10)}`),
    phone1: phone(draws),
    phone2: draws.orNull(0.6, () => phone(draws)),
    ddiPhone: null,
    telephones: draws.orNull(0.1, () => (shapes.telephones === 'objects' ? objects : telephones)),
    website: draws.orNull(0.4, () => draws.pick(['https://exemplo.com.br', ''])),
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

/** How many persons a lead has: mostly one to three, at times none, and then null or an empty list. */
export function personCount(world: World, lead: number): number {
  const drawn = world.draws('personCount', lead).below(20);
  return drawn < 2 ? 0 : 1 + (drawn % 3);
}

export function personId(lead: number, nth: number): number {
  return idAt(FIRST_PERSON, lead * 4 + nth);
}

function persons(world: World, lead: number, leadId: number): Row[] | null {
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
