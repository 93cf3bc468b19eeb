import { elementOf, membersOf, type Properties, type Property } from '../account/row.ts';
import { functions, type Expression, type FunctionName, type OperandType } from './expression.ts';

/** A query that the server answers with status 400. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(reason: string) {
    super(`The query specified in the URI is not valid. ${reason}`);
  }
}

/** The type whose members a query may use. */
export interface Entity {
  readonly properties: Properties;
  /** The name of the type in error messages. */
  readonly entity: string;
}

interface Member {
  /** The path's segments, spelled as in the rows. */
  readonly path: readonly string[];
  readonly property: Property;
}

/**
 * Returns the member at a path such as `lead/id`. Names are case-sensitive, except that `Id` means `id`.
 * @throws QueryError if there is no such member
 */
export function resolveMember(properties: Properties, path: string, entity: string): Member {
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

/** @throws QueryError if the function is unknown or does not accept the arguments */
export function resolveCall(name: string, values: readonly Expression[]): Expression {
  if (!isFunction(name)) throw new QueryError(`An unknown function with name '${name}' was found.`);
  const { parameters, returns } = functions[name];
  const types = values.map(({ type }) => type);
  if (types.length === parameters.length && parameters.every((type, at) => type === types[at])) {
    return { kind: 'call', type: returns, name, values };
  }
  const given = types.map(edmType).join(', ');
  throw new QueryError(`No function signature for '${name}' matches the arguments (${given}).`);
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}

/** @throws QueryError if the types cannot be compared */
export function requireComparable(left: OperandType, right: OperandType, operator: string): void {
  const numeric = (type: OperandType): boolean => type === 'int' || type === 'number';
  if (left === right || left === 'null' || right === 'null') return;
  if (numeric(left) && numeric(right)) return;
  throw new QueryError(
    `A binary operator with incompatible types was detected. Found operand types '${edmType(left)}' and '${edmType(right)}' for operator kind '${operator}'.`,
  );
}

/** Returns the OData name of a type. */
export function edmType(type: OperandType): string {
  return {
    int: 'Edm.Int32',
    number: 'Edm.Double',
    string: 'Edm.String',
    boolean: 'Edm.Boolean',
    instant: 'Edm.DateTimeOffset',
    null: '<null>',
  }[type];
}
