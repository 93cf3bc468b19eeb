import { program } from '../settings.ts';
import type {
  ClockFinding,
  LinkFinding,
  PageFinding,
  ReachableSet,
  SetFinding,
  UnreachableSet,
} from './findings.ts';
import { alignColumns } from '../text.ts';

/** Returns the report for programs, ending with a newline. */
export function jsonReport(sets: readonly SetFinding[]): string {
  return `${JSON.stringify({ program: program.name, version: program.version, sets }, null, 2)}\n`;
}

/**
 * Returns the report for people: a table, remarks on each endpoint, and advice. It ends with a
 * newline.
 */
export function textReport(sets: readonly SetFinding[]): string {
  const details = sets.flatMap((set) => {
    const lines = set.reachable ? remarks(set) : [unreachableText(set)];
    return lines.length === 0 ? [] : [section(`${set.set} (${set.streams.join(', ')})`, lines)];
  });
  const table = alignColumns([HEAD, ...sets.map(row)], (at) => RIGHT.includes(HEAD[at] ?? ''));
  return [...table, '', LEGEND, ...details, advice(sets)].join('\n');
}

const HEAD = [
  ...['set', 'reachable', 'rows', 'date filter', 'key filter', 'and', 'order', '$count'],
  ...['next link', 'page', 'ms'],
];
const RIGHT = ['rows', 'ms'];

const LEGEND = `rows: the number of rows according to /$count. date filter, key filter, and, order, $count: whether
the API respects the option (?: too few rows to find out; –: not needed). next link: which pages
have a link to the next page. page: maximum number of rows in a page. ms: how many milliseconds
one page took.
`;

function row(set: SetFinding): string[] {
  if (!set.reachable) return [set.set, 'no'];
  const { rows, date_filter: date, key_filter: key, and, order, count_inline: count } = set;
  return [
    ...[set.set, 'yes', rows === null ? '?' : String(rows)],
    ...[date ?? '–', key, and, order, count].map((verdict) => verdict.replace('not told', '?')),
    ...[linkText(set.next_link), pageText(set.page), String(set.page.milliseconds)],
  ];
}

function linkText({ stands, keeps_top: keepsTop, ...problems }: LinkFinding): string {
  const notes = [
    ...(keepsTop === false ? ['without $top'] : []),
    ...(problems.leads_to_another_host ? ['to another host'] : []),
    ...(problems.leads_back ? ['to itself'] : []),
  ];
  return [stands.replace('not told', '?'), ...notes].join(', ');
}

function pageText({ cap, rows, asked_in_time: asked }: PageFinding): string {
  if (cap === null) return `all ${rows}`;
  return cap === asked ? String(cap) : `${cap} of ${asked}`;
}

function unreachableText({ fault, a_run: effect }: UnreachableSet): string {
  if (effect === 'fails') return fault;
  return effect === 'reads it in slices'
    ? 'All pages time out. A run reads the set in slices instead, which works.'
    : 'This account does not have the set. A run continues without it.';
}

/** Returns the findings that do not fit into the table. */
function remarks({ fields, differences, undated, clock, ...set }: ReachableSet): string[] {
  const { zones, spellings, lists, year_one: yearOne } = fields;
  return [
    ...pairs('Zones of dates without a documented zone', zones),
    ...pairs('Spellings found', spellings),
    ...pairs('Lists', lists, ' of '),
    ...(set.hides_without_date === true ? ['Rows are hidden without a date filter.'] : []),
    ...(undated?.rows ? [`Rows without a date, counted up to 50: ${undated.rows}.`] : []),
    ...(yearOne.length > 0 ? [`"No date" (year 1), read as null: ${yearOne.join(', ')}.`] : []),
    ...(clock ? [clockText(clock)] : []),
    ...differences.map((difference) => `! ${difference}`),
  ];
}

function clockText({
  setting,
  minutes_ago_utc: utc,
  minutes_ago_wall: wall,
}: ClockFinding): string {
  if (utc === null || wall === null) return `${setting}: there is no date to compare.`;
  return `${setting}: the newest date is ${utc} minutes old if it is in UTC, and ${wall} minutes old if it is wall-clock time.`;
}

function pairs(
  title: string,
  found: Readonly<Record<string, readonly string[]>>,
  between = ' ',
): string[] {
  const entries = Object.entries(found).map(
    ([name, values]) => `${name}${between}${values.join(' and ')}`,
  );
  return entries.length === 0 ? [] : [`${title}: ${entries.join(', ')}.`];
}

function section(title: string, lines: readonly string[]): string {
  return `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function advice(sets: readonly SetFinding[]): string {
  const other = sets.filter((set) =>
    set.reachable ? set.differences.length > 0 : set.a_run === 'fails',
  );
  if (other.length === 0) return 'Everything is as expected.\n';
  return `${other.length} of ${sets.length} sets differ from what this version expects: see the lines with "!"
and the sets that cannot be reached. Unless a line says what to do, a run adapts to the difference
and logs how. To report differences, paste the output of \`${program.name} doctor --format json\`
into an issue. The output contains names and numbers, but no record values and no token.
`;
}
