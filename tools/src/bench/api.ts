import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const TOKEN = 'simulator-token';

export interface ApiRequest {
  readonly set: string;
  /** Arrival in milliseconds since 1970. */
  readonly at: number;
  readonly status: number;
  readonly rows: number;
}

/** A server in a separate process, so that it takes no time from the measured one. */
export class Server {
  readonly url: string;
  readonly #stop: () => void;

  constructor(url: string, stop: () => void) {
    this.url = url;
    this.#stop = stop;
  }

  /** @returns the requests to the API since the last call, and how many exceeded the rate limit */
  async requests(): Promise<{ requests: readonly ApiRequest[]; answered429: number }> {
    const { requests, quota } = (await this.control('requests')) as {
      requests: readonly ApiRequest[];
      quota: { answered429: number };
    };
    await this.control('reset', {});
    return { requests, answered429: quota.answered429 };
  }

  /** @returns the response; the simulator's README lists the commands */
  async control(command: string, body?: object): Promise<unknown> {
    const url = this.url.replace(/v3$/, `control/${command}`);
    const method = body === undefined ? 'GET' : 'POST';
    const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`The server refused ${command}: ${await response.text()}`);
    return response.json();
  }

  stop(): void {
    this.#stop();
  }
}

/** @param options those of `npm run simulator` */
export function startApi(options: readonly string[]): Promise<Server> {
  return startServer(join(import.meta.dirname, '..', '..', 'simulator', 'src', 'main.ts'), options);
}

/** Starts a script that prints the address it answers at. */
export async function startServer(script: string, args: readonly string[]): Promise<Server> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as [unknown];
  const [, url] = / answers at (\S+)/.exec(String(line)) ?? [];
  if (url === undefined) throw new Error(`${script} did not start.`);
  child.stdout.resume();
  return new Server(url, () => child.kill());
}

/** Settings of the tap for a server on this machine, in effect without a rate limit. */
export function tapSettings({ url }: Server, more: object = {}): object {
  return { api_token: TOKEN, api_url: url, quota_requests: 100_000, quota_seconds: 1, ...more };
}
