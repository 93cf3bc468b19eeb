import { millisecondsInDay } from 'date-fns/constants';
import type { Properties, Row } from '../account/row.ts';
import type { Definition } from '../account/store.ts';
import { byKey, byTime } from '../seed/ordering.ts';
import { noDates } from '../seed/moment.ts';
import { hash, saltOf, type Random } from '../seed/random.ts';
import { RowsPerLead } from '../seed/rows-per-lead.ts';
import { remark } from '../seed/sample-text.ts';
import { Timeline } from '../seed/timeline.ts';
import { type World } from '../seed/world.ts';
import { fieldKeys, optionsOf, typeOfField } from './catalogues.ts';
import { leadId } from './leads.ts';

/**
 * Describes the custom field values. The key is (lead, field), and field IDs are strings. Many rows
 * share one `updateDate`, as they do after an import.
 */
export function leadsCustomFields(world: World): Definition {
  const perLead = new RowsPerLead([2, 0, 3, 4, 1], world.leads);
  const burst = perLead.total >= 2000 ? 1000 : Math.floor(perLead.total / 3);
  const seed = hash(world.seed, saltOf('LeadsCustomFields'), 0);
  // Each added row has a new field, so that no lead has a field twice.
  const idOf = (index: number): string =>
    (index < perLead.total ? fieldKeys[perLead.ownerOf(index).nth] : undefined) ?? `_campo${index}`;
  const span = { from: world.now - 730 * millisecondsInDay, to: world.now };
  const undated = world.shapes.undatedCustomFields ? Math.floor(perLead.total / 20) : 0;
  const updated = new Timeline({ count: perLead.total, ...span, seed, burst, undated });
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
      registerDate:
        index % 9 === 4
          ? noDates[index % noDates.length]
          : world.date({ ms: world.now - 800 * millisecondsInDay, fraction: '' }),
      updateDate: updated.isUndated(index) ? world.undated : world.date(updated.moment(index)),
    }),
    key: ['leadId', 'id'],
    orderings: [
      byKey('leadId', perLead.total, (index) => leadId(perLead.ownerOf(index).lead), ['id']),
      byTime(
        'updateDate',
        updated,
        (moment) => world.date(moment),
        ['leadId', 'id'],
        false,
        world.undated,
      ),
    ],
    addedAt: ['registerDate', 'updateDate'],
    changedAt: ['updateDate'],
    stamp: (moment) => world.date(moment),
    owner: { path: 'leadId', rowsOf: (lead) => perLead.rowsOf(lead) },
  };
}

function field(world: World, index: number, lead: number, id: string): Row {
  const random = world.random('LeadsCustomFields', index);
  return { leadId: leadId(lead), id, type: typeOfField(id), ...fieldValue(random, id) };
}

/**
 * Returns the members that hold a field's value. If a field has options, the chosen options are in
 * `options`, and `value` may repeat them, be outdated or be empty. A missing value may be null, an
 * empty string, an empty list, or a list that contains an empty string.
 */
export function fieldValue(random: Random, id: string): Row {
  const known = optionsOf(id);
  if (known.length === 0) {
    const value = random.orNull(0.1, () => remark(random));
    return { value, options: random.pick([null, [], ['']]) };
  }
  const chosen = known.slice(random.below(2), random.below(known.length + 1));
  const options = random.chance(0.1) ? ['', ...chosen, ''] : chosen;
  const value = random.pick([null, '', chosen.join(';'), 'antigo']);
  return { value, options: chosen.length === 0 ? random.pick([null, [], ['']]) : options };
}

/** Describes the pain points of leads. The key's name is undocumented. */
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
      // Each added row has a new ID, so that no lead has a pain point twice.
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
