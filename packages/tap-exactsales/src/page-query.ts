import type { Client, Patience } from './client.ts';
import type { DateFilter } from './date-range.ts';
import { ApiBrokenError, ApiRejectedError, ApiTimeoutError, isSetFault } from './errors.ts';
import { FEWEST_ROWS, type Option, type SetFacts } from './facts.ts';
import type { Query } from './odata.ts';
import { findBreaking, findRejected, suspects, type Takes } from './rejected-options.ts';
import type { WireRow } from './row.ts';
import type { SetLiteral } from './streams.ts';
import type { WirePage } from './wire-page.ts';

/** What is to be read of a set. */
export interface PageRead {
  readonly set: SetLiteral;
  readonly facts: SetFacts;
  readonly dates: DateFilter;
  /** Members to ask for; all of them where it is missing. */
  readonly select?: readonly string[];
}

/** The part of a query that differs from page to page. */
export interface Position {
  readonly key?: string;
  readonly orderby?: readonly string[];
  readonly skip?: number;
  readonly count: boolean;
}

export interface AskedPage extends WirePage {
  /** Rows that were asked for. */
  readonly top: number;
  readonly skip: number;
}

/**
 * One page, with every option that the set has not been found to refuse. After a 400 the options
 * are left out one by one until it goes; after a timeout fewer rows are asked for.
 */
export async function askPage(
  client: Client,
  read: PageRead,
  position: Position,
): Promise<AskedPage> {
  const { facts } = read;
  for (;;) {
    const top = facts.top;
    const options = usedOptions(read, position);
    try {
      const page = await send(client, read, position, options, top);
      facts.longestPage = Math.max(facts.longestPage, page.rows.length);
      return page;
    } catch (fault) {
      if (fault instanceof ApiTimeoutError && facts.halve()) continue;
      if (!(await isMended(client, read, position, options, fault))) throw fault;
    }
  }
}

/** The first row in an order, of all that a read finds. */
export async function askFirst(
  client: Client,
  read: PageRead,
  orderby: readonly string[],
): Promise<WireRow | undefined> {
  const position = { orderby, count: false };
  const options = usedOptions(read, position);
  const { rows } = await send(client, read, position, options, 1, 'full');
  return rows[0];
}

function usedOptions({ set, dates, select, facts }: PageRead, position: Position): Option[] {
  const used: Readonly<Record<Option, boolean>> = {
    select: select !== undefined,
    count: position.count,
    'date filter': dates.byOption['date filter'] !== undefined,
    'date end': dates.byOption['date end'] !== undefined,
    'key filter': position.key !== undefined,
    orderby: position.orderby !== undefined,
    top: true,
  };
  return suspects(set).filter((option) => used[option] && facts.honours(option));
}

async function send(
  client: Client,
  { set, dates, select }: PageRead,
  { key, orderby, skip = 0 }: Position,
  options: readonly Option[],
  top: number,
  patience?: Patience,
): Promise<AskedPage> {
  const uses = (option: Option): boolean => options.includes(option);
  const query: Query = {
    filter: [
      ...(['date filter', 'date end'] as const).flatMap((option) =>
        uses(option) ? (dates.byOption[option] ?? []) : [],
      ),
      ...(uses('key filter') && key !== undefined ? [key] : []),
    ],
    ...(uses('orderby') && orderby && { orderby }),
    ...(uses('select') && select && { select }),
    count: uses('count'),
    ...(uses('top') && { top }),
    skip,
  };
  const page = await client.page(set.path, query, patience ?? patienceFor(top));
  return { ...page, top, skip };
}

/** So few rows are not halved any more: a timeout is then a fault like any other. */
function patienceFor(top: number): Patience {
  return top <= FEWEST_ROWS ? 'full' : 'except timeouts';
}

/** Whether the fault lies in options that the set can do without: they are not asked for again. */
async function isMended(
  client: Client,
  read: PageRead,
  position: Position,
  options: readonly Option[],
  fault: unknown,
): Promise<boolean> {
  const takes =
    (patience: Patience): Takes =>
    async (tried) => {
      try {
        await send(client, read, position, tried, 1, patience);
        return true;
      } catch (refusal) {
        if (!isSetFault(refusal)) throw refusal;
        return false;
      }
    };
  if (fault instanceof ApiRejectedError) return findRejected(options, read.facts, takes('full'));
  return fault instanceof ApiBrokenError && findBreaking(options, read.facts, takes('none'));
}

/** Rows outside of what was asked for show that the server reads on all the same. */
export function noteIgnoredDates(rows: readonly WireRow[], { facts, dates }: PageRead): void {
  if (dates.clauses.length === 0) return;
  for (const row of rows) {
    const option = dates.unheeded(row);
    if (option !== undefined) facts.fails(option, 'ignored');
  }
}
