import type { Expression } from './expression.ts';
import { parseFilter } from './filter.ts';
import { isCollection, member, QueryError, type Entity } from './operands.ts';

export interface Order {
  readonly path: readonly string[];
  readonly instant: boolean;
  readonly descending: boolean;
}

/** The options of a query, understood. */
export interface Query {
  readonly filter?: Expression;
  readonly orderby: readonly Order[];
  /** Paths; undefined for whole rows. */
  readonly select?: readonly (readonly string[])[];
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
}

interface Known extends Entity {
  readonly unselectable?: readonly string[];
}

/**
 * Options that are no OData, or that nobody knows, are passed over: so does the server.
 * @throws QueryError for an option that it knows and cannot follow
 */
export function parseOptions(options: Readonly<Record<string, string>>, entity: Known): Query {
  const { $filter, $orderby, $select, $top, $skip, $count = 'false' } = options;
  if ($count !== 'true' && $count !== 'false') {
    throw new QueryError(`Invalid value '${$count}' for $count.`);
  }
  return {
    ...($filter !== undefined && { filter: parseFilter($filter, entity) }),
    orderby: $orderby === undefined ? [] : $orderby.split(',').map((one) => order(one, entity)),
    ...($select !== undefined && {
      select: $select.split(',').map((one) => selected(one, entity)),
    }),
    ...($top !== undefined && { top: wholeNumber('$top', $top) }),
    skip: $skip === undefined ? 0 : wholeNumber('$skip', $skip),
    count: $count === 'true',
  };
}

function order(text: string, { properties, entity }: Entity): Order {
  const [name = '', direction = 'asc', ...rest] = text.trim().split(/\s+/);
  if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) {
    throw new QueryError(`Syntax error in $orderby '${text}'.`);
  }
  const { path, property } = member(properties, name, entity);
  if (typeof property !== 'string') throw new QueryError(`'${name}' cannot be ordered by.`);
  return { path, instant: property === 'instant', descending: direction === 'desc' };
}

function selected(text: string, { properties, entity, unselectable = [] }: Known): string[] {
  const { path, property } = member(properties, text.trim(), entity);
  const name = path[0] ?? '';
  if (isCollection(property) && unselectable.includes(name)) {
    throw new QueryError(`The property '${name}' on type '${entity}' cannot be used in $select.`);
  }
  return [...path];
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new QueryError(`Invalid value '${text}' for ${option}: it must be a non-negative integer.`);
}
