import { isObject, type Row } from '../account/row.ts';
import { isContentFault, type Fault } from './fault-plan.ts';

/**
 * Returns the rows of a page with the fault applied.
 * @param key the first member of the set's key
 */
export function faultyRows(
  rows: readonly Row[],
  fault: Fault | undefined,
  key: string,
): readonly Row[] {
  if (typeof fault !== 'string' || !isContentFault(fault)) return rows;
  switch (fault) {
    case 'emptyPage':
    case 'mistakenEmptyPage':
    case 'errorPage':
      return [];
    case 'duplicateRows':
      return [...rows, ...rows.slice(-3)];
    case 'rowWithoutKey':
      return changeMiddle(rows, (row) => without(row, key));
    case 'keyNull':
      return changeMiddle(rows, (row) => ({ ...row, [key]: null }));
    case 'keyFraction':
      return changeMiddle(rows, (row) => ({ ...row, [key]: 1.5 }));
    case 'childWithoutKey':
      return changeMiddle(rows, withoutChildKey, (row) => arrayWithIds(row) !== undefined);
  }
}

/**
 * Changes the first eligible row from the middle on or, if there is none, the first eligible row.
 */
function changeMiddle(
  rows: readonly Row[],
  change: (row: Row) => Row,
  isEligible: (row: Row) => boolean = () => true,
): readonly Row[] {
  const middle = Math.floor(rows.length / 2);
  const after = rows.findIndex((row, at) => at >= middle && isEligible(row));
  const found = after === -1 ? rows.findIndex(isEligible) : after;
  return rows.map((row, at) => (at === found ? change(row) : row));
}

function without(row: Row, member: string): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== member));
}

/** Removes the ID of the first element of the row's first list of objects with IDs. */
function withoutChildKey(row: Row): Row {
  const [name = '', [first = {}, ...rest] = []] = arrayWithIds(row) ?? [];
  return { ...row, [name]: [without(first, 'id'), ...rest] };
}

function arrayWithIds(row: Row): readonly [name: string, elements: readonly Row[]] | undefined {
  for (const [name, value] of Object.entries(row)) {
    const elements: readonly Row[] = Array.isArray(value) ? value.filter(isObject) : [];
    if (elements[0] && 'id' in elements[0]) return [name, elements];
  }
  return undefined;
}
