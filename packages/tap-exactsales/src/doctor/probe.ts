import type { Client } from '../client.ts';
import type { AccountClock } from '../clock.ts';
import { dateFilter, type DateFilter } from '../date-range.ts';
import { ApiRejectedError, isSetFault } from '../errors.ts';
import { SetFacts, type Option } from '../facts.ts';
import type { Instant } from '../instant.ts';
import { pageOrder } from '../page-order.ts';
import type { Query } from '../odata.ts';
import { askPage, type AskedPage } from '../page-query.ts';
import type { SetLiteral } from '../streams.ts';
import { betweenQuestion, dateQuestion, keyQuestion, type Question } from './questions.ts';

/** What every probe needs. */
export interface Surgery {
  readonly client: Client;
  readonly clock: AccountClock;
  readonly pageSize: number;
  /** From where on rows are asked for in a set that hides its old ones. */
  readonly startDate: Instant;
}

type Outcome<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed' };

/** A question, and what came of it. */
export interface Asked {
  readonly question: Question;
  readonly outcome: Outcome<AskedPage>;
}

/** All that a set answered. */
export interface Answers {
  readonly first: AskedPage;
  readonly rows: Outcome<number>;
  /** The same without a date filter, of a set that is known to hide rows then. */
  readonly rowsWithoutDate?: Outcome<number>;
  readonly byKey?: Asked;
  readonly between?: Asked;
  readonly byDate?: Asked;
  /** Options that were answered with 400. */
  readonly refused: ReadonlySet<Option>;
}

/**
 * Asks a set for a page as a run would, for its count, and up to three times for a few rows more;
 * more often only where something is refused or does not come in time.
 * @throws ApiSetError, ApiRejectedError when the set cannot be read
 */
export async function probe(set: SetLiteral, surgery: Surgery): Promise<Answers> {
  const { client, clock, pageSize, startDate } = surgery;
  const facts = new SetFacts(set.path, pageSize);
  const dates = dateFilter(set, set.hidesWithoutDate ? { from: startDate } : {}, clock);
  const first = await askPage(
    client,
    { set, facts, dates },
    { orderby: pageOrder(set), count: true },
  );
  const rows = await count(client, set.path, facts, dates);
  const isWhole = rows.kind === 'answered' && rows.answer <= first.rows.length;
  const ask = askSet(client, set, facts);
  return {
    first,
    rows,
    ...(set.hidesWithoutDate && {
      rowsWithoutDate: await count(client, set.path, facts),
    }),
    ...(await asked('byKey', keyQuestion(set, first, dates), ask)),
    ...(await asked('between', betweenQuestion(set, first, dates, isWhole), ask)),
    ...(await asked('byDate', dateQuestion(set, first, clock), ask)),
    refused: new Set(OPTIONS.filter((option) => !facts.honours(option))),
  };
}

const OPTIONS: readonly Option[] = ['select', 'date filter', 'count', 'key filter', 'orderby'];

async function asked<Name extends string>(
  name: Name,
  question: Question | undefined,
  ask: (question: Question) => Promise<Outcome<AskedPage>>,
): Promise<Partial<Record<Name, Asked>>> {
  if (!question) return {};
  const answer: Partial<Record<Name, Asked>> = {};
  answer[name] = { question, outcome: await ask(question) };
  return answer;
}

function askSet(
  client: Client,
  set: SetLiteral,
  facts: SetFacts,
): (question: Question) => Promise<Outcome<AskedPage>> {
  return ({ option, position, dates, select, top }) => {
    if (!facts.honours(option)) return Promise.resolve({ kind: 'refused' });
    facts.top = top;
    const read = { set, facts, dates, ...(select && { select }) };
    return settle(askPage(client, read, position), () => facts.honours(option));
  };
}

function count(
  client: Client,
  path: string,
  facts: SetFacts,
  { clauses }: Pick<DateFilter, 'clauses'> = { clauses: [] },
): Promise<Outcome<number>> {
  const query: Query = { filter: facts.honours('date filter') ? clauses : [] };
  return settle(client.count(path, query));
}

/** A fault of one question is a finding; a fault of the whole API ends the run. */
async function settle<T>(
  answer: Promise<T>,
  isTaken: () => boolean = () => true,
): Promise<Outcome<T>> {
  try {
    const value = await answer;
    return isTaken() ? { kind: 'answered', answer: value } : { kind: 'refused' };
  } catch (fault) {
    if (!isSetFault(fault)) throw fault;
    return { kind: fault instanceof ApiRejectedError ? 'refused' : 'failed' };
  }
}
