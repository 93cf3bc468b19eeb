import type { LinkFinding, LinkPlace } from './finding.ts';
import type { Answers } from './probe.ts';
import { filterVerdict, pageOf, pagesOf } from './verdicts.ts';

interface Seen {
  readonly link: string | undefined;
  /** Whether rows follow the page; undefined where nobody knows. */
  readonly hasMore: boolean | undefined;
}

/** What the links to the next page do. None of them was followed. */
export function linkFinding(answers: Answers, apiUrl: string): LinkFinding {
  const links = pagesOf(answers).flatMap(({ nextLink, skip }) => {
    const url = nextLink === undefined ? null : URL.parse(nextLink, apiUrl);
    return url ? [{ url, skip }] : [];
  });
  return {
    stands: place(seen(answers)),
    keeps_top: links.length === 0 ? null : links.every(({ url }) => url.searchParams.has('$top')),
    leads_to_another_host: links.some(({ url }) => url.origin !== URL.parse(apiUrl)?.origin),
    leads_back: links.some(({ url, skip }) => skipOf(url) <= skip),
  };
}

/** A link that pages by another means than `$skip` is taken to lead on. */
function skipOf({ searchParams }: URL): number {
  return Number(searchParams.get('$skip') ?? Infinity);
}

/** The pages of which it is known whether rows follow. */
function seen({ first, rows, byKey, between }: Answers): Seen[] {
  const total = rows.kind === 'answered' ? rows.answer : first.count;
  const seenPages: Seen[] = [
    {
      link: first.nextLink,
      hasMore: total === undefined ? undefined : first.rows.length < total,
    },
  ];
  for (const asked of [byKey, between]) {
    const page = pageOf(asked);
    if (!asked || !page || filterVerdict(asked) !== 'yes' || page.rows.length > page.top) continue;
    const isKnown = asked.question.hasMore || page.rows.length < page.top;
    seenPages.push({
      link: page.nextLink,
      hasMore: isKnown ? asked.question.hasMore : undefined,
    });
  }
  return seenPages;
}

function place(pages: readonly Seen[]): LinkPlace {
  const [last, others] = [false, true].map((hasMore) =>
    oneOf(pages.filter((page) => page.hasMore === hasMore).map(({ link }) => link !== undefined)),
  );
  if (last === 'some' || others === 'some') return 'irregularly';
  if (last === 'all') return others === 'none' ? 'irregularly' : 'always';
  if (others === 'none') return 'never';
  if (last === undefined) return others === 'all' ? 'at least when more follows' : 'not told';
  return others === 'all' ? 'when more follows' : 'not on a last page';
}

function oneOf(answers: readonly boolean[]): 'all' | 'none' | 'some' | undefined {
  if (answers.length === 0) return undefined;
  if (answers.every((answer) => answer)) return 'all';
  return answers.some((answer) => answer) ? 'some' : 'none';
}
