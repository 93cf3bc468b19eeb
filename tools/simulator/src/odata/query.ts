import type { Expression } from './expression.ts';
import { parseFilter } from './filter.ts';
import { isCollection, QueryError, resolveMember, type Entity } from './operands.ts';

/** One item of `$orderby`. */
export interface Order {
  readonly path: readonly string[];
  readonly instant: boolean;
  readonly descending: boolean;
}

/** The parsed options of a query. */
export interface Query {
  readonly filter?: Expression;
  readonly orderby: readonly Order[];
  /** The paths to send; undefined to send all members. */
  readonly select?: readonly (readonly string[])[];
  readonly top?: number;
  readonly skip: number;
  readonly count: boolean;
}

interface SelectableEntity extends Entity {
  /** Collections that `$select` rejects. */
  readonly unselectable?: readonly string[];
}

/**
 * Parses the options of a query. Unknown options are ignored, as on the real server.
 * @throws QueryError if the value of a known option is invalid
 */
export function parseOptions(
  options: Readonly<Record<string, string>>,
  entity: SelectableEntity,
): Query {
  const { $filter, $orderby, $select, $top, $skip, $count = 'false' } = options;
  if ($count !== 'true' && $count !== 'false') {
    throw new QueryError(`Invalid value '${$count}' for $count.`);
  }
  return {
    ...($filter !== undefined && { filter: parseFilter($filter, entity) }),
    orderby:
      $orderby === undefined ? [] : $orderby.split(',').map((one) => parseOrder(one, entity)),
    ...($select !== undefined && {
      select: $select.split(',').map((one) => parseSelected(one, entity)),
    }),
    ...($top !== undefined && { top: nonNegativeInteger('$top', $top) }),
    skip: $skip === undefined ? 0 : nonNegativeInteger('$skip', $skip),
    count: $count === 'true',
  };
}

function parseOrder(text: string, { properties, entity }: Entity): Order {
  const [name = '', direction = 'asc', ...rest] = text.trim().split(/\s+/);
  if (rest.length > 0 || (direction !== 'asc' && direction !== 'desc')) {
    throw new QueryError(`Syntax error in $orderby '${text}'.`);
  }
  const { path, property } = resolveMember(properties, name, entity);
  if (typeof property !== 'string')
    throw new QueryError(`The property '${name}' cannot be used in $orderby.`);
  return { path, instant: property === 'instant', descending: direction === 'desc' };
}

function parseSelected(
  text: string,
  { properties, entity, unselectable = [] }: SelectableEntity,
): string[] {
  const { path, property } = resolveMember(properties, text.trim(), entity);
  const name = path[0] ?? '';
  if (isCollection(property) && unselectable.includes(name)) {
    throw new QueryError(`The property '${name}' on type '${entity}' cannot be used in $select.`);
  }
  return [...path];
}

function nonNegativeInteger(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new QueryError(
    `Invalid value '${text}' for ${option}: the value must be a non-negative integer.`,
  );
}
