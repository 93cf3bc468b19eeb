import type { Definition } from '../account/definition.ts';
import { byKey, byTime } from '../account/ordering.ts';
import type { Row } from '../account/properties.ts';
import { hash, saltOf } from '../account/random.ts';
import { Share } from '../account/share.ts';
import { remark } from '../account/texts.ts';
import { Timeline } from '../account/timeline.ts';
import { DAY, type World } from '../account/world.ts';
import { leadId } from './leads.ts';

/** In the order of their names, so that a lead's fields stand in the order of the key. */
const fields = ['_canais', '_obs', '_persona', '_tamanho'];

/** The key is (lead, field); a field's id is a text. Many values are set at once, by an import. */
export function customFields(world: World): Definition {
  const share = new Share([2, 0, 3, 4, 1], world.leads);
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
