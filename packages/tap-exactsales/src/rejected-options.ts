import type { Option, SetFacts } from './facts.ts';
import type { SetLiteral } from './streams.ts';

/**
 * The options that a query can do without, the likeliest culprit of a 400 first. Where a set hides
 * rows from whoever asks without a date, that is the last to go.
 */
export function suspects({ hidesWithoutDate }: SetLiteral): readonly Option[] {
  const [date, paging] = [['date filter'], ['key filter', 'orderby']] as const;
  return [
    ...(['select', 'count', 'date end'] as const),
    ...(hidesWithoutDate ? [...paging, ...date] : [...date, ...paging]),
    'top',
  ];
}

/** Whether the server takes a query with these options, for one row. */
export type Takes = (options: readonly Option[]) => Promise<boolean>;

/**
 * Finds out, and notes, what a 400 is about: the number of rows, or one of the options, or several.
 * Of several those are kept that are taken together.
 * @param options of the query that was refused
 * @returns false where the server refuses the plainest query too
 */
export async function findRejected(
  options: readonly Option[],
  facts: SetFacts,
  takes: Takes,
): Promise<boolean> {
  if (options.includes('top') && (await takes(options))) return facts.lower();
  const rejected = (await theOne(options, takes)) ?? (await theSeveral(options, takes));
  for (const option of rejected) facts.fails(option, 'rejected');
  return rejected.length > 0;
}

/** A server that cannot filter by a column, or select it, may find out too late for a 400. */
const BREAKING: ReadonlySet<Option> = new Set(['select', 'date filter', 'date end']);

/**
 * Finds out, and notes, which option a 500 comes of that does not pass.
 * @returns false where it is none
 */
export async function findBreaking(
  options: readonly Option[],
  facts: SetFacts,
  takes: Takes,
): Promise<boolean> {
  const suspected = options.filter((option) => BREAKING.has(option));
  const rest = options.filter((option) => !BREAKING.has(option));
  if (suspected.length === 0 || !(await takes(rest))) return false;
  for (const option of (await theOne(options, takes, suspected)) ?? suspected) {
    facts.fails(option, 'rejected');
  }
  return true;
}

async function theOne(
  options: readonly Option[],
  takes: Takes,
  suspected = options,
): Promise<readonly Option[] | undefined> {
  for (const option of suspected) {
    if (await takes(options.filter((other) => other !== option))) return [option];
  }
  return undefined;
}

async function theSeveral(options: readonly Option[], takes: Takes): Promise<Option[]> {
  if (options.length < 2 || !(await takes([]))) return [];
  const kept = new Set<Option>();
  for (const option of options.toReversed()) {
    if (await takes([...kept, option])) kept.add(option);
  }
  return options.filter((option) => !kept.has(option));
}
