import { sets } from '../streams.ts';
import type { ReachableSet, Verdict } from './finding.ts';

type Found = Omit<ReachableSet, 'differences'>;

/** Rows that the API is known to give in a page at most. */
const KNOWN_CAP = 500;

/** What is not as this version expects it of a set, one sentence each. */
export function differences(found: Found): string[] {
  return [...optionDifferences(found), ...pageDifferences(found), ...fieldDifferences(found)];
}

function optionDifferences(found: Found): string[] {
  const options: [string, Verdict | 'another number' | null][] = [
    ['The date filter', found.date_filter],
    ['The key filter', found.key_filter],
    ['A filter with "and"', found.and],
    ['The order', found.order],
    ['$select', found.select],
    ['$top', found.top],
    ['The count in a page', found.count_inline],
  ];
  return [
    ...options.flatMap(([what, verdict]) =>
      verdict === null ? [] : optionDifference(what, verdict),
    ),
    ...(found.rows === null ? ['The number of rows ($count) is not told.'] : []),
    ...(found.ties === 'changing' ? ['Rows of one key come in another order each time.'] : []),
    ...(found.hides_without_date === false
      ? ['No rows are hidden from whoever asks without a date.']
      : []),
  ];
}

const SAID: Readonly<Record<Verdict | 'another number', string | undefined>> = {
  yes: undefined,
  'not told': undefined,
  ignored: 'is not heeded',
  refused: 'is refused',
  failed: 'makes the request fail',
  'finds nothing': 'hides rows that it should find',
  'another number': 'is not what /$count tells',
};

function optionDifference(what: string, verdict: Verdict | 'another number'): string[] {
  const said = SAID[verdict];
  return said === undefined ? [] : [`${what} ${said}.`];
}

function pageDifferences({ page, next_link: link }: Found): string[] {
  const expected = Math.min(page.asked_in_time, KNOWN_CAP);
  return [
    ...(page.asked_in_time < page.asked
      ? [`No answer in time for ${page.asked} rows; ${page.asked_in_time} were answered.`]
      : []),
    ...(page.cap !== null && page.cap !== expected
      ? [`A page holds ${page.cap} rows where ${expected} were expected.`]
      : []),
    ...(link.leads_to_another_host ? ['The link to the next page leads to another host.'] : []),
    ...(link.leads_back ? ['The link to the next page leads back to the same page.'] : []),
    ...(link.stands === 'irregularly' ? ['The link to the next page comes irregularly.'] : []),
  ];
}

function fieldDifferences({ set, fields }: Found): string[] {
  const { unknown, missing, misfits, rows_without_key: withoutKey } = fields;
  const other = Object.entries(fields.spellings)
    .filter(([column, found]) => !found.some((name) => isLikely(name, likeliest(set, column))))
    .map(([column, found]) => `${column} as ${found.join(', ')}`);
  return [
    ...listed('Fields that no column holds', unknown),
    ...listed('Columns that no row bears', missing),
    ...listed('Columns that got values of another kind', misfits),
    ...listed('Columns under a less likely name', other),
    ...(withoutKey > 0 ? [`${withoutKey} rows have no key.`] : []),
  ];
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`];
}

/** A member that was looked into for another stands under the likely name too. */
function isLikely(found: string, first: string): boolean {
  return found === first || first.startsWith(`${found}.`);
}

/** The first of a column's sources. */
function likeliest(path: string, name: string): string {
  const [stream = '', column = ''] = name.split('.');
  const set = sets.find((candidate) => candidate.path === path);
  const child = set?.children?.find((candidate) => candidate.stream === stream);
  return [(child ?? set)?.columns[column] ?? column].flat()[0] ?? column;
}
