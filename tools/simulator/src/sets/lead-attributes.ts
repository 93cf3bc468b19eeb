import { millisecondsInDay } from 'date-fns/constants';
import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { remark } from '../seed/sample-text.ts';
import { Timeline } from '../seed/timeline.ts';
import { type World } from '../seed/world.ts';
import { leadId } from './leads.ts';

/** Field IDs in ascending order, so that a lead's fields are sorted by key. */
const fields = ['_canais', '_obs', '_persona', '_tamanho'];

/**
 * Custom field values. The key is (lead, field), and field IDs are strings. Many rows share one
 * `updateDate`, as after an import.
 */
export function customFields(world: World): Definition {
  const perLead = new RowsPerLead([2, 0, 3, 4, 1], world.leads);
  const burst = perLead.total >= 2000 ? 1000 : Math.floor(perLead.total / 3);
  const seed = hash(world.seed, saltOf('LeadsCustomFields'), 0);
  // Each row that is added later gets a new field, so that no lead has a field twice.
  const idOf = (index: number): string =>
    (index < perLead.total ? fields[perLead.ownerOf(index).nth] : undefined) ?? `_campo${index}`;
  const span = { from: world.now - 730 * millisecondsInDay, to: world.now };
  const updated = new Timeline({ count: perLead.total, ...span, seed, burst });
  return {
    name: 'LeadsCustomFields',
    entity: 'LeadCustomFieldODataDTO',
    properties: {
      leadId: 'int',
      id: 'string',
      value: 'string',
      type: 'string',
      options: ['string'],
      registerDate: 'instant',
      updateDate: 'instant',
    },
    count: perLead.total,
    row: (index) => ({
      ...field(world, index, perLead.ownerOf(index).lead, idOf(index)),
      registerDate: world.date({ ms: world.now - 800 * millisecondsInDay, fraction: '' }),
      updateDate: world.date(updated.moment(index)),
    }),
    key: ['leadId', 'id'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead), ['id']),
      byTime('updateDate', updated, (moment) => world.date(moment), ['leadId', 'id']),
    ],
    addedAt: ['registerDate', 'updateDate'],
    changedAt: ['updateDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

/** Returns a field value. Multiple-choice fields hold their values in `options`; `value` is null. */
function field(world: World, index: number, lead: number, id: string): Row {
  const random = world.random('LeadsCustomFields', index);
  const base = { leadId: leadId(lead), id };
  if (id !== '_canais') {
    const value = random.orNull(0.1, () => remark(random));
    return { ...base, type: 'Texto', value, options: random.pick([null, []]) };
  }
  const options = ['E-mail', 'Telefone, fixo', 'Feira "Sul"'].slice(0, random.below(4));
  return { ...base, type: 'MultiplaEscolha', value: null, options };
}

/** Pain points of leads. The name of the key is undocumented. */
export function painPoints(world: World): Definition {
  const perLead = new RowsPerLead([0, 1, 0, 2, 0, 0], world.leads);
  const { painPointKey } = world.shapes;
  const properties: Properties =
    painPointKey === 'painPoint.id'
      ? { leadId: 'int', painPoint: { id: 'int', value: 'string' } }
      : { leadId: 'int', [painPointKey]: 'int', value: 'string' };
  return {
    name: 'painPoints',
    entity: 'PainPointODataDTO',
    properties,
    count: perLead.total,
    row: (index) => {
      const { lead, nth } = perLead.ownerOf(index);
      const pain = (world.random('painPoints', lead).below(pains.length) + nth) % pains.length;
      // Each row that is added later gets a new ID, so that no lead has a pain point twice.
      const id = index < perLead.total ? 70 + pain : 1000 + index;
      return painPoint(world, lead, id, pains[pain] ?? null);
    },
    key: ['leadId', painPointKey],
    orderings: [byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead))],
    addedAt: [],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

const pains = ['Perde prazos', 'Custo alto', 'Sem controle, sem dados', '"Planilhas"'];

function painPoint(world: World, lead: number, id: number, value: string | null): Row {
  const { painPointKey } = world.shapes;
  if (painPointKey === 'painPoint.id') return { leadId: leadId(lead), painPoint: { id, value } };
  return { leadId: leadId(lead), [painPointKey]: id, value };
}
