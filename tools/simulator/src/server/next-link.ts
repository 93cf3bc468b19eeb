import type { Query } from '../odata/options.ts';
import type { Place } from './answer.ts';
import type { Behaviour } from './behaviour.ts';
import type { RequestEntry } from './requests.ts';

interface Paging {
  readonly query: Query;
  readonly cap: number;
  readonly more: boolean;
}

/** The link to the page behind this one: the same options, and further to skip. */
export function nextLink(
  { nextLink: mode, nextLinkKeepsTop }: Behaviour,
  { path, query: options }: RequestEntry,
  { query, cap, more }: Paging,
  { url, otherUrl }: Place,
): string | undefined {
  if (mode === 'never' || (mode === 'whenMore' && !more)) return undefined;
  const step = mode === 'loop' ? 0 : Math.min(query.top ?? cap, cap);
  const kept = Object.entries(options).filter(
    ([name]) => name !== '$skip' && (name !== '$top' || nextLinkKeepsTop),
  );
  const all = [...kept, ['$skip', String(query.skip + step)]];
  const text = all
    .map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return `${mode === 'otherHost' ? otherUrl : url}${path}?${text}`;
}
