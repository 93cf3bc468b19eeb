import { Account, type AccountSet } from '../account/account.ts';
import { viewOf } from '../account/row.ts';
import { Store, type Definition } from '../account/store.ts';
import { createWorld, defaultShapes, type Shapes, type World } from '../seed/world.ts';
import { boxes, meetings, pendingFeedbacks } from './agenda.ts';
import { callsHistory } from './calls.ts';
import { catalogues } from './catalogues.ts';
import { industries, sources, stages } from './lookups.ts';
import { pickEdit } from './edits/pick-edit.ts';
import { leadStages, losts, transferHistory } from './history.ts';
import { leadsCustomFields, painPoints } from './lead-attributes.ts';
import { leads } from './leads.ts';
import { leadsSold, qualifications, recommendedProducts } from './outcomes.ts';
import { tasks } from './tasks.ts';
import { allUsers, users } from './users.ts';

export interface AccountOptions {
  readonly seed: number;
  /** The number of leads, 10 to 1,000,000. Most other sets grow with it. */
  readonly leads: number;
  /** A fixed time for the account's clock, in milliseconds since 1970 (default: the machine's clock). */
  readonly now?: number;
  /** Variants of the API's objects (default: the most likely variants). */
  readonly shapes?: Partial<Shapes>;
}

/** Creates a fictional account. The same options yield the same rows. */
export function createAccount({ seed, leads, now, shapes }: AccountOptions): Account {
  const world = createWorld(seed, leads, now ?? Date.now(), { ...defaultShapes, ...shapes });
  return new Account({ world, sets: createSets(world), pickEdit, now });
}

function createSets(world: World): ReadonlyMap<string, AccountSet> {
  const { shapes } = world;
  const store = new Store(leads(world));
  const withoutPersons = { name: 'Leads', hidden: ['persons'] };
  const withPersons = { name: 'LeadsAndPersons', hidden: shapes.leadsAndPersonsLack };
  const sets = [
    { view: viewOf(store.definition, shapes, withoutPersons), store },
    { view: viewOf(store.definition, shapes, withPersons), store },
    ...otherDefinitions(world).map((definition) => ({
      view: viewOf(definition, shapes),
      store: new Store(definition),
    })),
  ];
  return new Map(sets.map((set) => [set.view.name, set]));
}

function otherDefinitions(world: World): Definition[] {
  return [
    meetings(world),
    tasks(world),
    boxes(world),
    leadStages(world),
    stages(),
    losts(world),
    leadsSold(world),
    leadsCustomFields(world),
    painPoints(world),
    qualifications(world),
    callsHistory(world),
    industries(),
    sources(world),
    users(world, 'sdrs'),
    users(world, 'sellers'),
    transferHistory(world),
    recommendedProducts(world),
    pendingFeedbacks(world),
    ...catalogues(world),
    allUsers(world),
  ];
}
