import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { hash, saltOf } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { remark } from '../seed/text.ts';
import { Timeline } from '../seed/timeline.ts';
import { DAY, type World } from '../seed/world.ts';
import { leadId } from './leads.ts';

/** In the order of their names, so that a lead's fields stand in the order of the key. */
const fields = ['_canais', '_obs', '_persona', '_tamanho'];

/** The key is (lead, field); a field's id is a text. Many values are set at once, by an import. */
export function customFields(world: World): Definition {
  const share = new RowsPerLead([2, 0, 3, 4, 1], world.leads);
  const crowd = share.total >= 2000 ? 1000 : Math.floor(share.total / 3);
  const seed = hash(world.seed, saltOf('LeadsCustomFields'), 0);
  // One that is added later is a field of its own, so that no lead has one twice.
  const idOf = (index: number): string =>
    (index < share.total ? fields[share.owner(index).nth] : undefined) ?? `_campo${index}`;
  const span = { from: world.now - 730 * DAY, to: world.now };
  const updated = new Timeline({ count: share.total, ...span, seed, crowd });
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
    count: share.total,
    row: (index) => ({
      ...field(world, index, share.owner(index).lead, idOf(index)),
      registerDate: world.date({ ms: world.now - 800 * DAY, fraction: '' }),
      updateDate: world.date(updated.moment(index)),
    }),
    key: ['leadId', 'id'],
    orderings: [
      byKey('leadId', share.total, (index) => leadId(share.owner(index).lead), ['id']),
      byTime('updateDate', updated, (moment) => world.date(moment), ['leadId', 'id']),
    ],
    addedAt: ['registerDate', 'updateDate'],
    changedAt: ['updateDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

/** Of a field with several choices the value is null: they stand in `options`. */
function field(world: World, index: number, lead: number, id: string): Row {
  const draws = world.draws('LeadsCustomFields', index);
  const base = { leadId: leadId(lead), id };
  if (id !== '_canais') {
    const value = draws.orNull(0.1, () => remark(draws));
    return { ...base, type: 'Texto', value, options: draws.pick([null, []]) };
  }
  const options = ['E-mail', 'Telefone, fixo', 'Feira "Sul"'].slice(0, draws.below(4));
  return { ...base, type: 'MultiplaEscolha', value: null, options };
}

/** What hurts a lead; the name of the key is one of the things that nobody documents. */
export function painPoints(world: World): Definition {
  const share = new RowsPerLead([0, 1, 0, 2, 0, 0], world.leads);
  const { painPointKey } = world.shapes;
  const properties: Properties =
    painPointKey === 'painPoint.id'
      ? { leadId: 'int', painPoint: { id: 'int', value: 'string' } }
      : { leadId: 'int', [painPointKey]: 'int', value: 'string' };
  return {
    name: 'painPoints',
    entity: 'PainPointODataDTO',
    properties,
    count: share.total,
    row: (index) => {
      const { lead, nth } = share.owner(index);
      const pain = (world.draws('painPoints', lead).below(pains.length) + nth) % pains.length;
      // A row that is added later takes a number of its own, so that no lead has one twice.
      const id = index < share.total ? 70 + pain : 1000 + index;
      return painPoint(world, lead, id, pains[pain] ?? null);
    },
    key: ['leadId', painPointKey],
    orderings: [byKey('leadId', share.total, (index) => leadId(share.owner(index).lead))],
    addedAt: [],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => share.of(lead) },
  };
}

const pains = ['Perde prazos', 'Custo alto', 'Sem controle, sem dados', '"Planilhas"'];

function painPoint(world: World, lead: number, id: number, value: string | null): Row {
  const { painPointKey } = world.shapes;
  if (painPointKey === 'painPoint.id') return { leadId: leadId(lead), painPoint: { id, value } };
  return { leadId: leadId(lead), [painPointKey]: id, value };
}
