import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const TOKEN = 'simulator-token';

export interface ApiRequest {
  readonly set: string;
  /** Arrival time, in milliseconds since 1970. */
  readonly at: number;
  readonly status: number;
  readonly rows: number;
}

/** A server in its own process, so that it does not slow down the measured process. */
export class Server {
  readonly url: string;
  readonly #stop: () => void;

  constructor(url: string, stop: () => void) {
    this.url = url;
    this.#stop = stop;
  }

  /** @returns the API requests since the last call, and how many of them exceeded the rate limit */
  async requests(): Promise<{ requests: readonly ApiRequest[]; answered429: number }> {
    const { requests, quota } = (await this.control('requests')) as {
      requests: readonly ApiRequest[];
      quota: { answered429: number };
    };
    await this.control('reset', {});
    return { requests, answered429: quota.answered429 };
  }

  /** Sends a command from the list in the simulator's README. @returns the response */
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

/** Starts the simulator. @param options the options of `npm run simulator` */
export function startApi(options: readonly string[]): Promise<Server> {
  return startServer(
    join(import.meta.dirname, '..', '..', '..', 'simulator', 'src', 'main.ts'),
    options,
  );
}

/** Starts a server script and reads the server's address from the script's output. */
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

/** Returns tap settings for a server on this machine, with a rate limit too high to matter. */
export function tapSettings({ url }: Server, more: object = {}): object {
  return { api_token: TOKEN, api_url: url, quota_requests: 100_000, quota_seconds: 1, ...more };
}

/** Rows per page. */
export const PAGE = 500;

/** Returns how many pages the sets have whose rows were requested. */
export async function fewestRequests(
  api: Server,
  requests: readonly ApiRequest[],
): Promise<number> {
  const rows = (await api.control('live', { edits: 0 })) as Readonly<Record<string, number>>;
  const sets = new Set(requests.filter((request) => request.rows > 0).map(({ set }) => set));
  return [...sets].reduce((sum, set) => sum + Math.ceil((rows[set] ?? 0) / PAGE), 0);
}
