import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A table in `test-data/tables.json`, the reference list that the files must match. */
export interface DocumentedTable {
  readonly stream: string;
  readonly documented_name: string;
  readonly replication: string;
  readonly replication_key?: string;
  readonly key: readonly string[];
  readonly parent?: string;
  readonly array?: string;
  readonly columns: readonly DocumentedColumn[];
  readonly added_columns?: readonly { readonly name: string; readonly type: string }[];
}

export interface DocumentedColumn {
  readonly name: string;
  readonly documented_type: string;
  readonly references?: string;
  readonly to_parent?: boolean;
}

const path = join(import.meta.dirname, '..', '..', '..', 'test-data', 'tables.json');

export const documented = (
  JSON.parse(readFileSync(path, 'utf8')) as { tables: readonly DocumentedTable[] }
).tables;
