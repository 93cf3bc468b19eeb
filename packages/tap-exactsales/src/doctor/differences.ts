import { endpoints } from '../endpoints.ts';
import { quantity } from '../text.ts';
import type { ClockFinding, CountVerdict, ReachableSet, SetFinding } from './findings.ts';

type Found = Omit<ReachableSet, 'differences'>;

/** The maximum page size that the API is known to have. */
const KNOWN_CAP = 500;

/**
 * Returns one sentence for each way in which an endpoint differs from what this version expects.
 */
export function differences(found: Found): string[] {
  return [
    ...optionDifferences(found),
    ...dateDifferences(found),
    ...pageDifferences(found),
    ...fieldDifferences(found),
  ];
}

function optionDifferences(found: Found): string[] {
  const options: [string, CountVerdict | null][] = [
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
    ...(found.rows === null ? ['The number of rows ($count) is not returned.'] : []),
    ...(found.ties === 'changing'
      ? ['Rows with the same key are returned in a different order each time.']
      : []),
    ...(found.hides_without_date === false ? ['No rows are hidden without a date filter.'] : []),
  ];
}

function dateDifferences({ undated, clock }: Found): string[] {
  const hasProblem = undated && !['yes', 'not told'].includes(undated.filter);
  const better = clock && betterClock(clock);
  return [
    ...(hasProblem
      ? [
          'The API cannot filter by a missing date, so only complete reads include new rows without a date.',
        ]
      : []),
    ...(clock && better !== undefined
      ? [
          `The newest date fits "${clock.fits}": change ${clock.setting} from ${clock.set_to} to ${better}.`,
        ]
      : []),
  ];
}

/** @returns undefined if the setting fits */
function betterClock({ fits, set_to: setTo }: ClockFinding): string | undefined {
  const clock = fits === 'probably wall' ? 'wall' : fits;
  return clock === 'both' || clock === 'not told' || clock === setTo ? undefined : clock;
}

const PROBLEMS: Readonly<Record<CountVerdict, string | undefined>> = {
  yes: undefined,
  'not told': undefined,
  ignored: 'is ignored',
  refused: 'is rejected',
  failed: 'makes the request fail',
  'finds nothing': 'hides rows that match',
  'the page': 'counts only the rows of the page',
  'another number': 'differs from /$count',
};

function optionDifference(what: string, verdict: CountVerdict): string[] {
  const problem = PROBLEMS[verdict];
  return problem === undefined ? [] : [`${what} ${problem}.`];
}

function pageDifferences({ page, next_link: link }: Found): string[] {
  const expected = Math.min(page.asked_in_time, KNOWN_CAP);
  return [
    ...(page.asked_in_time < page.asked
      ? [
          `A request for ${quantity(page.asked, 'row')} timed out; a request for ${page.asked_in_time} succeeded.`,
        ]
      : []),
    ...(page.cap !== null && page.cap !== expected
      ? [`A page has ${quantity(page.cap, 'row')} instead of ${expected}.`]
      : []),
    ...(link.leads_to_another_host ? ['The link to the next page leads to another host.'] : []),
    ...(link.leads_back ? ['The link to the next page leads back to the same page.'] : []),
    ...(link.stands === 'irregularly' ? ['Links to the next page are sent irregularly.'] : []),
  ];
}

function fieldDifferences({ set, fields }: Found): string[] {
  const { unknown, missing, misfits, rows_without_key: withoutKey } = fields;
  const other = Object.entries(fields.spellings)
    .filter(([column, found]) => !found.some((name) => isLikely(name, likeliest(set, column))))
    .map(([column, found]) => `${column} as ${found.join(', ')}`);
  return [
    ...listed('Fields without a column', unknown),
    ...listed('Columns missing in all rows', missing),
    ...listed('Columns with values that do not fit', misfits),
    ...listed('Columns under a less likely name', other),
    ...(withoutKey > 0
      ? [
          `The key is missing in ${quantity(withoutKey, 'row')}: a run fails here unless on_unusable_row is skip.`,
        ]
      : []),
  ];
}

function listed(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(', ')}.`];
}

/** True if the found name is the likely name or a parent of the likely name, as `a` is of `a.b`. */
function isLikely(found: string, first: string): boolean {
  return found === first || first.startsWith(`${found}.`);
}

/** Returns the most likely source of a column. */
function likeliest(path: string, name: string): string {
  const [stream = '', column = ''] = name.split('.');
  const endpoint = endpoints.find((candidate) => candidate.path === path);
  const child = endpoint?.children?.find((candidate) => candidate.stream === stream);
  return [(child ?? endpoint)?.columns[column] ?? column].flat()[0] ?? column;
}

/** Adds the difference that appears only when `/Leads` and `/LeadsAndPersons` are compared. */
export function compareLeads(findings: readonly SetFinding[]): SetFinding[] {
  const rows = (set: string): number | null => {
    const found = findings.find((one) => one.set === set);
    return found?.reachable === true ? found.rows : null;
  };
  const [leads, wider] = [rows('/Leads'), rows('/LeadsAndPersons')];
  if (leads === null || wider === null || leads === wider) return [...findings];
  const difference = `This set has ${quantity(wider, 'row')}, but /Leads has ${leads}. Unless leads were just added or deleted, this set omits leads without persons, and a run reads both sets.`;
  return findings.map((found) =>
    found.reachable && found.set === '/LeadsAndPersons'
      ? { ...found, differences: [...found.differences, difference] }
      : found,
  );
}
