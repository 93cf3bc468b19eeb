import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * This server forwards each distinct request to another server once. It answers repeated requests
 * from memory, which takes almost no time. `GET /control/paths` lists the paths in memory.
 */
const [upstream = ''] = process.argv.slice(2);

interface Recorded {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
}

const known = new Map<string, Recorded>();
const server = createServer((request, response) => {
  void answer(request).then(({ status, type, body }) => {
    response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address() as AddressInfo;
process.stdout.write(`The playback answers at http://127.0.0.1:${port}/v3\n`);

async function answer(request: IncomingMessage): Promise<Recorded> {
  const path = request.url ?? '';
  if (path === '/control/paths') return json([...known.keys()]);
  const recorded = known.get(path) ?? (await ask(path, request));
  known.set(path, recorded);
  return recorded;
}

async function ask(path: string, { headers }: IncomingMessage): Promise<Recorded> {
  const response = await fetch(`${upstream}${path.replace(/^\/v3/, '')}`, {
    headers: { token_exact: String(headers['token_exact']) },
  });
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    body: Buffer.from(await response.arrayBuffer()),
  };
}

function json(value: unknown): Recorded {
  return { status: 200, type: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}
