import type { Account } from '../account/account.ts';
import { elementOf, membersOf, type Properties, type Property } from '../account/row.ts';
import { edmType } from './operands.ts';

/** Describes the account's sets and their types in CSDL, the OData schema language. */
export function metadata(account: Account): string {
  const sets = [...account.sets.values()];
  const types = sets.flatMap(({ view }) => typesOf(typeName(view.name), view.properties));
  const entitySets = sets.map(
    ({ view: { name } }) => `<EntitySet Name="${name}" EntityType="V3.${typeName(name)}"/>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="V3" xmlns="http://docs.oasis-open.org/odata/ns/edm">
${types.join('\n')}
<EntityContainer Name="Container">
${entitySets.join('\n')}
</EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>
`;
}

function typeName(set: string): string {
  return `${set}ODataDTO`;
}

/** Returns the declarations of a type and its nested types. */
function typesOf(name: string, properties: Properties, kind = 'EntityType'): string[] {
  const inner = Object.entries(properties).flatMap(([member, property]) => {
    const members = membersOf(elementOf(property) ?? property);
    return members ? typesOf(`${name}_${member}`, members, 'ComplexType') : [];
  });
  const lines = Object.entries(properties).map(
    ([member, property]) =>
      `  <Property Name="${member}" Type="${propertyType(`${name}_${member}`, property)}"/>`,
  );
  return [...inner, `<${kind} Name="${name}">\n${lines.join('\n')}\n</${kind}>`];
}

function propertyType(inner: string, property: Property): string {
  const element = elementOf(property);
  if (element !== undefined) return `Collection(${propertyType(inner, element)})`;
  return typeof property === 'string' ? edmType(property) : `V3.${inner}`;
}
