import type { JsonValue } from '@exact-spotter/singer';

/** The options of a query, in OData's words; a `$filter` is the `and` of its clauses. */
export interface Query {
  readonly filter?: readonly string[];
  readonly orderby?: readonly string[];
  readonly select?: readonly string[];
  readonly top?: number;
  readonly skip?: number;
  readonly count?: boolean;
}

/** The query as it stands in a URL, without the question mark. */
export function queryText({ filter = [], orderby = [], select = [], ...rest }: Query): string {
  const options: [string, string][] = [];
  if (filter.length > 0) options.push(['$filter', filter.join(' and ')]);
  if (orderby.length > 0) options.push(['$orderby', orderby.join(',')]);
  if (select.length > 0) options.push(['$select', select.join(',')]);
  if (rest.top !== undefined) options.push(['$top', String(rest.top)]);
  if (rest.skip !== undefined && rest.skip > 0) options.push(['$skip', String(rest.skip)]);
  if (rest.count === true) options.push(['$count', 'true']);
  return options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

/** A literal of a text or a number, as a filter wants it. */
export function literal(value: JsonValue): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}
