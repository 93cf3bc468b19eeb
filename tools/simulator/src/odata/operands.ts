import { elementOf, membersOf, type Properties, type Property } from '../account/row.ts';
import { functions, type Expression, type FunctionName, type OperandType } from './expression.ts';

/** What the server answers with 400. */
export class QueryError extends Error {
  override readonly name = 'QueryError';

  constructor(reason: string) {
    super(`The query specified in the URI is not valid. ${reason}`);
  }
}

export interface Entity {
  readonly properties: Properties;
  readonly entity: string;
}

interface Member {
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

/** @throws QueryError for a function that is none, or arguments that it does not take */
export function call(name: string, values: readonly Expression[]): Expression {
  if (!isFunction(name)) throw new QueryError(`An unknown function with name '${name}' was found.`);
  const { takes, gives } = functions[name];
  const types = values.map(({ type }) => type);
  if (types.length === takes.length && takes.every((type, at) => type === types[at])) {
    return { kind: 'call', type: gives, name, values };
  }
  const given = types.map(edm).join(', ');
  throw new QueryError(`No function signature for '${name}' matches the arguments (${given}).`);
}

function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(functions, name);
}

export function mustAgree(left: OperandType, right: OperandType, operator: string): void {
  const numeric = (type: OperandType): boolean => type === 'int' || type === 'number';
  if (left === right || left === 'null' || right === 'null') return;
  if (numeric(left) && numeric(right)) return;
  throw new QueryError(
    `A binary operator with incompatible types was detected. Found operand types '${edm(left)}' and '${edm(right)}' for operator kind '${operator}'.`,
  );
}

/** The type as the server names it. */
export function edm(type: OperandType): string {
  return {
    int: 'Edm.Int32',
    number: 'Edm.Double',
    string: 'Edm.String',
    boolean: 'Edm.Boolean',
    instant: 'Edm.DateTimeOffset',
    null: '<null>',
  }[type];
}
