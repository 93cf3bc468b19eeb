import { tables } from '@exact-spotter/schema';
import { log } from '@exact-spotter/singer';
import type { ApiRow } from '../api/odata.ts';
import { endpoints, type Endpoint } from '../endpoints.ts';
import { rootOf } from './api-members.ts';

/** Warns once about each field that has no column, so that users learn about new API fields. */
export class UnknownFields {
  readonly #path: string;
  readonly #known: Set<string>;
  readonly #fate: string;

  /** @param isKept true if the fields are stored in the column `extra` */
  constructor(endpoint: Endpoint, isKept: boolean) {
    this.#path = endpoint.path;
    this.#known = knownMembers(endpoint);
    this.#fate = isKept
      ? 'is stored only in the column "extra"'
      : 'is not copied; to store it, set unknown_fields to "keep"';
  }

  report(rows: readonly ApiRow[]): void {
    for (const member of unknownMembers(rows, this.#known)) {
      this.#known.add(member);
      log.warning(`${this.#path} has an unknown field "${member}", which ${this.#fate}.`);
    }
  }
}

/**
 * Returns the members that an endpoint's rows are known to have, including the members of a
 * narrower endpoint.
 */
export function knownMembers(endpoint: Endpoint): Set<string> {
  const narrower = endpoints.filter(({ within }) => within === endpoint.path);
  return new Set([endpoint, ...narrower].flatMap(ownMembers));
}

/**
 * Returns the members that occur in the rows but are not known. Members of nested objects are not
 * checked.
 */
export function unknownMembers(
  rows: readonly ApiRow[],
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const unknown = new Set<string>();
  for (const row of rows) {
    for (const member of Object.keys(row)) {
      if (!known.has(member) && !member.startsWith('@')) unknown.add(member);
    }
  }
  return unknown;
}

function ownMembers({ stream, columns, children = [], unused = [] }: Endpoint): string[] {
  const own = Object.keys(tables[stream].properties).flatMap((column) => columns[column] ?? column);
  return [...own.map(rootOf), ...children.map(({ array }) => array), ...unused];
}
