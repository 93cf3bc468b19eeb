import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '@exact-spotter/singer';
import { startApi, startServer, tapSettings, type Server } from './api.ts';
import { command, run, writeJson, type Command } from '../processes.ts';

/** The requests for these streams are the same in every run, so a server can replay responses. */
const STREAMS = ['leads', 'leadspersons', 'leadspersons__persons', 'callshistory', 'leadstages'];

/** A generated account that a server replays from memory, which takes almost no time. */
export interface RecordedAccount {
  readonly server: Server;
  /** A file with the output of one tap run. */
  readonly lines: string;
}

/** Records an account in a folder. @param leads the number of leads */
export async function recordAccount(folder: string, leads: number): Promise<RecordedAccount> {
  const api = await startApi(['--leads', String(leads)]);
  try {
    const server = await startServer(join(import.meta.dirname, 'playback.ts'), [api.url]);
    const lines = join(folder, 'in.jsonl');
    try {
      await run(await tapCommand(server, folder, 'recording'), { output: lines });
    } catch (error) {
      server.stop();
      throw error;
    }
    return { server, lines };
  } finally {
    api.stop();
  }
}

/**
 * Returns the command line of a tap that reads the account.
 * @param name the name of its settings file
 */
export async function tapCommand(
  server: Server,
  folder: string,
  name: string,
  settings: object = {},
): Promise<Command> {
  const config = writeJson(folder, `${name}.json`, tapSettings(server, settings));
  const catalog = await selectStreams(folder, STREAMS);
  return command('tap-exactsales', '--config', config, '--catalog', catalog);
}

/** Writes a tap catalog that selects only the named streams. @returns its path */
export async function selectStreams(folder: string, wanted: readonly string[]): Promise<string> {
  const output = join(folder, 'discovered.json');
  await run(command('tap-exactsales', '--discover'), { output });
  const { streams } = JSON.parse(readFileSync(output, 'utf8')) as Catalog;
  const selected = streams.filter(({ stream }) => wanted.includes(stream));
  return writeJson(folder, 'catalog.json', {
    streams: selected.map((entry) => ({
      ...entry,
      metadata: entry.metadata.map(({ breadcrumb, metadata }) => ({
        breadcrumb,
        metadata: breadcrumb.length === 0 ? { ...metadata, selected: true } : metadata,
      })),
    })),
  });
}
