import boxes from './tables/boxes.json' with { type: 'json' };
import callshistory from './tables/callshistory.json' with { type: 'json' };
import customfields from './tables/customfields.json' with { type: 'json' };
import customfieldsOptions from './tables/customfields__options.json' with { type: 'json' };
import discardreasons from './tables/discardreasons.json' with { type: 'json' };
import funnels from './tables/funnels.json' with { type: 'json' };
import groups from './tables/groups.json' with { type: 'json' };
import industries from './tables/industries.json' with { type: 'json' };
import leads from './tables/leads.json' with { type: 'json' };
import leadscustomfields from './tables/leadscustomfields.json' with { type: 'json' };
import leadspersons from './tables/leadspersons.json' with { type: 'json' };
import leadspersonsPersons from './tables/leadspersons__persons.json' with { type: 'json' };
import leadssold from './tables/leadssold.json' with { type: 'json' };
import leadssoldProducts from './tables/leadssold__products.json' with { type: 'json' };
import leadstages from './tables/leadstages.json' with { type: 'json' };
import losts from './tables/losts.json' with { type: 'json' };
import meetings from './tables/meetings.json' with { type: 'json' };
import painpoints from './tables/painpoints.json' with { type: 'json' };
import pendingfeedbacks from './tables/pendingfeedbacks.json' with { type: 'json' };
import products from './tables/products.json' with { type: 'json' };
import qualifications from './tables/qualifications.json' with { type: 'json' };
import qualificationsQuestionAnswers from './tables/qualifications__questionAnswers.json' with { type: 'json' };
import recommendedproducts from './tables/recommendedproducts.json' with { type: 'json' };
import sdrs from './tables/sdrs.json' with { type: 'json' };
import sellers from './tables/sellers.json' with { type: 'json' };
import sources from './tables/sources.json' with { type: 'json' };
import sourcesSubSources from './tables/sources__subSources.json' with { type: 'json' };
import stages from './tables/stages.json' with { type: 'json' };
import tasks from './tables/tasks.json' with { type: 'json' };
import tasksContacts from './tables/tasks__contacts.json' with { type: 'json' };
import taskstypes from './tables/taskstypes.json' with { type: 'json' };
import transferhistory from './tables/transferhistory.json' with { type: 'json' };
import users from './tables/users.json' with { type: 'json' };
import type { TableSchema } from './meta-schema.ts';

/**
 * Every table by stream name: the tables of the reference connector in the order of its
 * documentation, followed by the additional tables.
 */
export const tables = {
  meetings,
  tasks,
  tasks__contacts: tasksContacts,
  boxes,
  leadstages,
  stages,
  leads,
  losts,
  leadssold,
  leadssold__products: leadssoldProducts,
  leadscustomfields,
  leadspersons,
  leadspersons__persons: leadspersonsPersons,
  painpoints,
  qualifications,
  qualifications__questionAnswers: qualificationsQuestionAnswers,
  callshistory,
  industries,
  sources,
  sources__subSources: sourcesSubSources,
  sdrs,
  sellers,
  funnels,
  transferhistory,
  customfields,
  customfields__options: customfieldsOptions,
  products,
  recommendedproducts,
  pendingfeedbacks,
  taskstypes,
  discardreasons,
  groups,
  users,
} as const satisfies Readonly<Record<string, TableSchema>>;

export type TableName = keyof typeof tables;

type Columns<T extends TableName> = (typeof tables)[T]['properties'];

/**
 * A row of a table, with exactly its columns. TypeScript widens the literals of a JSON file, so the
 * value types come from `examples`. `type` shows only whether a column can be null: a string means
 * never null, and a list means nullable.
 */
export type Row<T extends TableName> = { readonly [C in keyof Columns<T>]: Cell<Columns<T>[C]> };

type Cell<C> = C extends { examples: readonly (infer Value)[]; type: infer Type }
  ? Type extends string
    ? Value
    : Value | null
  : never;

/** True if the table is copied by default; false if it is copied only if a catalog selects it. */
export function isSelectedByDefault(name: TableName): boolean {
  return !('x-selected-by-default' in tables[name]);
}

export function isTableName(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}
