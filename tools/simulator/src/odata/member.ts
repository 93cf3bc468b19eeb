import { elementOf, membersOf, type Properties, type Property } from '../account/properties.ts';
import { QueryError } from './query-error.ts';

export interface Member {
  /** The names on the way, as the rows spell them. */
  readonly path: readonly string[];
  readonly property: Property;
}

/**
 * The member that a path such as `lead/id` names. Names are those of the JSON, to the letter, save
 * that `Id` is `id`.
 * @throws QueryError for a name that is none
 */
export function member(properties: Properties, path: string, entity: string): Member {
  const names = path.split('/').map((name) => (name === 'Id' ? 'id' : name));
  let property: Property = properties;
  for (const name of names) {
    const found: Property | undefined = membersOf(property)?.[name];
    if (found === undefined) {
      throw new QueryError(`Could not find a property named '${name}' on type '${entity}'.`);
    }
    property = found;
  }
  return { path: names, property };
}

export function isCollection(property: Property): boolean {
  return elementOf(property) !== undefined;
}
