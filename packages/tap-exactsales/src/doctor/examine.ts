import { isSetFault } from '../errors.ts';
import type { Feed } from '../plan.ts';
import { differences } from './differences.ts';
import { fieldFinding } from './fields.ts';
import type { PageFinding, ReachableSet, SetFinding } from './finding.ts';
import { linkFinding } from './links.ts';
import { probe, type Answers, type Surgery } from './probe.ts';
import {
  countVerdict,
  filterVerdict,
  orderVerdict,
  selectVerdict,
  tieFinding,
  topVerdict,
} from './verdicts.ts';

/** One set: asked, and what its answers say. A set that cannot be read is a finding too. */
export async function examine(
  feed: Feed,
  surgery: Surgery & { readonly apiUrl: string },
): Promise<SetFinding> {
  const { set, streams } = feed;
  const who = { set: set.path, streams: streams.map(({ stream }) => stream) };
  try {
    const found = { ...who, ...finding(feed, await probe(set, surgery), surgery) };
    return { ...found, differences: differences(found) };
  } catch (fault) {
    if (!isSetFault(fault)) throw fault;
    return { ...who, reachable: false, fault: fault.message };
  }
}

function finding(
  feed: Feed,
  answers: Answers,
  { clock, apiUrl, pageSize }: Surgery & { readonly apiUrl: string },
): Omit<ReachableSet, 'set' | 'streams' | 'differences'> {
  const { set } = feed;
  const { rows, first, between, byDate } = answers;
  return {
    reachable: true,
    rows: rows.kind === 'answered' ? rows.answer : null,
    count_inline: countVerdict(answers),
    date_filter: set.date ? filterVerdict(byDate) : null,
    key_filter: filterVerdict(answers.byKey),
    and: filterVerdict(between),
    order: orderVerdict(set, answers),
    ties: tieFinding(set, answers),
    select: selectVerdict(answers),
    top: topVerdict(answers),
    ...(set.hidesWithoutDate && {
      hides_without_date: hidesWithoutDate(answers),
    }),
    next_link: linkFinding(answers, apiUrl),
    page: pageFinding(answers, pageSize),
    fields: fieldFinding(feed, first.rows, clock),
  };
}

function hidesWithoutDate({ rows, rowsWithoutDate, byDate }: Answers): boolean | null {
  if (rows.kind !== 'answered' || rowsWithoutDate?.kind !== 'answered') return null;
  return filterVerdict(byDate) === 'yes' ? rowsWithoutDate.answer < rows.answer : null;
}

function pageFinding({ first, rows }: Answers, asked: number): PageFinding {
  const total = rows.kind === 'answered' ? rows.answer : first.count;
  const isCut = total !== undefined && first.rows.length < total;
  return {
    asked: Math.max(2, asked),
    asked_in_time: first.top,
    rows: first.rows.length,
    cap: isCut ? first.rows.length : null,
    milliseconds: Math.round(first.milliseconds),
  };
}
