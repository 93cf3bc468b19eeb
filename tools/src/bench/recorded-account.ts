import { join } from 'node:path';
import { startApi, startServer, tapSettings, type Server } from './api.ts';
import { selectStreams } from './catalog.ts';
import { binOf, run, writeJson } from './programs.ts';

/** Streams whose requests are the same in every run, so that a server can know the answers. */
const STREAMS = ['leads', 'leadspersons', 'leadspersons__persons', 'callshistory', 'leadstages'];

/** A made-up account whose answers a server gives from memory: it takes as little time as a server can. */
export interface RecordedAccount {
  readonly server: Server;
  /** What a run of the tap wrote. */
  readonly lines: string;
}

/** Records an account in a folder. @param leads how many it has */
export async function recordAccount(folder: string, leads: number): Promise<RecordedAccount> {
  const api = await startApi(['--leads', String(leads)]);
  try {
    const server = await startServer(join(import.meta.dirname, 'playback.ts'), [api.url]);
    const lines = join(folder, 'in.jsonl');
    try {
      await run(await tapArguments(server, folder, 'recording'), { output: lines });
    } catch (fault) {
      server.stop();
      throw fault;
    }
    return { server, lines };
  } finally {
    api.stop();
  }
}

/** The command of a tap that reads the account. @param name of its settings' file */
export async function tapArguments(
  server: Server,
  folder: string,
  name: string,
  settings: object = {},
): Promise<string[]> {
  const config = writeJson(folder, `${name}.json`, tapSettings(server, settings));
  const catalog = await selectStreams(folder, STREAMS);
  return [binOf('tap-exactsales'), '--config', config, '--catalog', catalog];
}
