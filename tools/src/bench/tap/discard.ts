import { Agent, get } from 'node:http';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';

/** The baseline for reading. It requests every URL in a list, four at a time, and parses nothing. */
const [list = ''] = process.argv.slice(2);
const CONCURRENCY = 4;

const urls = JSON.parse(readFileSync(list, 'utf8')) as string[];
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
await Promise.all(Array.from({ length: CONCURRENCY }, work));
agent.destroy();

async function work(): Promise<void> {
  for (let url = urls.shift(); url !== undefined; url = urls.shift()) {
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
    response.resume();
    await once(response, 'end');
  }
}
