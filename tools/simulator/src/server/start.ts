import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { control } from './control.ts';
import { Simulator, type Decoy, type DecoyRequest, type SimulatorOptions } from './simulator.ts';

/** Serves an account on 127.0.0.1 like the real API, until you call `stop`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const decoy = await startDecoy(options.token);
  const server = createServer();
  const origin = await listen(server, options.port);
  const simulator = new Simulator(options, server, origin, decoy);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    const { pathname } = new URL(request.url ?? '/', origin);
    const isControl = pathname.startsWith('/control/');
    void (isControl ? control(simulator, request, response) : simulator.handle(request, response));
  });
  return simulator;
}

async function startDecoy(token: string): Promise<Decoy> {
  const requests: DecoyRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const received = [path, ...Object.values(request.headers).flat()].join('\n');
    requests.push({ path, withToken: received.includes(token) });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":[]}');
  });
  return { url: await listen(server), requests, server };
}

/**
 * Starts a server on 127.0.0.1.
 * @param port the port to listen on; 0 for a free port
 * @returns the server's origin, such as `http://127.0.0.1:8080`
 */
async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}
