import { join } from 'node:path';

/** All leads of the comparison. */
export const LEADS = 200_000;

/** Another target that loads the same rows. */
export interface Peer {
  readonly name: string;
  /** Its pinned packages: `tools/requirements/<name>.txt`. */
  readonly requirements: string;
  /** How many times as many rows a second ours shall load. */
  readonly atLeast: number;
  /** How many of the leads it loads, from the first on: some seconds' worth. */
  readonly rows: number;
  /** The program in the environment's folder of programs, and what it takes before `--config`. */
  readonly command: readonly [string, ...string[]];
  /** Its settings, with all that it writes in the folder. */
  readonly settings: (folder: string) => object;
}

/** That release looks for a name where Python 3.10 has it no more; all else of it runs. */
const START_OLD_SQLITE = `
import collections, collections.abc
collections.MutableMapping = collections.abc.MutableMapping
import target_sqlite
target_sqlite.main()
`;

export const peers: readonly Peer[] = [
  {
    // The newest that is on PyPI: later ones are in its repository only.
    name: "Meltano's target-sqlite 0.2.0",
    requirements: 'meltano-target-sqlite',
    atLeast: 35,
    // Each row waits for the disk: the others have loaded all in the time that these take.
    rows: 4000,
    command: ['python', '-c', START_OLD_SQLITE],
    settings: (folder) => ({ database: join(folder, 'peer') }),
  },
  {
    name: 'target-duckdb 0.8.0',
    requirements: 'target-duckdb',
    atLeast: 9,
    rows: LEADS,
    command: ['target-duckdb'],
    settings: (folder) => ({
      filepath: join(folder, 'peer.duckdb'),
      default_target_schema: 'main',
    }),
  },
  {
    name: 'target-jsonl 0.1.4',
    requirements: 'target-jsonl',
    atLeast: 9,
    rows: LEADS,
    command: ['target-jsonl'],
    settings: (folder) => ({ destination_path: folder }),
  },
];
