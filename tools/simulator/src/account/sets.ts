import { boxes, meetings } from '../sets/agenda.ts';
import { industries, sources, stages } from '../sets/catalogues.ts';
import { customFields } from '../sets/custom-fields.ts';
import { callsHistory, leadStages, losts } from '../sets/history.ts';
import { leads } from '../sets/leads.ts';
import { leadsSold, painPoints, qualifications } from '../sets/outcomes.ts';
import { tasks } from '../sets/tasks.ts';
import { users } from '../sets/users.ts';
import { Store } from './store.ts';
import { viewOf, type View } from './views.ts';
import type { World } from './world.ts';

/** A set and its rows. Two sets may show the same rows. */
export interface AccountSet {
  readonly view: View;
  readonly store: Store;
}

/** Every set of an account, by its name. */
export function createSets(world: World): ReadonlyMap<string, AccountSet> {
  const { shapes } = world;
  const lead = new Store(leads(world));
  const views = [
    {
      view: viewOf(lead.definition, shapes, { name: 'Leads', hidden: ['persons'] }),
      store: lead,
    },
    {
      view: viewOf(lead.definition, shapes, {
        name: 'LeadsAndPersons',
        hidden: shapes.leadsAndPersonsLack,
      }),
      store: lead,
    },
    ...own(world).map((definition) => ({
      view: viewOf(definition, shapes),
      store: new Store(definition),
    })),
  ];
  return new Map(views.map((set) => [set.view.name, set]));
}

function own(world: World): Store['definition'][] {
  return [
    meetings(world),
    tasks(world),
    boxes(world),
    leadStages(world),
    stages(),
    losts(world),
    leadsSold(world),
    customFields(world),
    painPoints(world),
    qualifications(world),
    callsHistory(world),
    industries(),
    sources(world),
    users(world, 'sdrs'),
    users(world, 'sellers'),
  ];
}
