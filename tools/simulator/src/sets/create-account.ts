import { Account, type AccountSet } from '../account/account.ts';
import { viewOf } from '../account/row.ts';
import { Store } from '../account/store.ts';
import { createWorld, likelyShapes, type Shapes, type World } from '../seed/world.ts';
import { boxes, meetings, tasks } from './agenda.ts';
import { industries, sources, stages } from './catalogues.ts';
import { pickEdit } from './edits.ts';
import { callsHistory, leadStages, losts } from './history.ts';
import { customFields, painPoints } from './lead-attributes.ts';
import { leads } from './leads.ts';
import { leadsSold, qualifications } from './outcomes.ts';
import { users } from './users.ts';

export interface AccountOptions {
  readonly seed: number;
  /** 10 to 1,000,000; every other set grows with it. */
  readonly leads: number;
  /** Milliseconds since 1970. Without it the account lives by the machine's clock. */
  readonly now?: number;
  readonly shapes?: Partial<Shapes>;
}

export function createAccount({ seed, leads, now, shapes }: AccountOptions): Account {
  const world = createWorld(seed, leads, now ?? Date.now(), { ...likelyShapes, ...shapes });
  return new Account({ world, sets: createSets(world), pickEdit, now });
}

/** Every set of an account, by its name. */
function createSets(world: World): ReadonlyMap<string, AccountSet> {
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
