import { createServer, type Server } from 'node:http';
import { listen } from './listen.ts';

export interface DecoyRequest {
  readonly path: string;
  /** Whether the token, in any header or in the address, came here: it must not. */
  readonly withToken: boolean;
}

/** Another host, to which links and redirects lead: it answers all with an empty page. */
export interface Decoy {
  readonly url: string;
  readonly requests: DecoyRequest[];
  readonly server: Server;
}

export async function startDecoy(token: string): Promise<Decoy> {
  const requests: DecoyRequest[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const said = [path, ...Object.values(request.headers).flat()].join('\n');
    requests.push({ path, withToken: said.includes(token) });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"value":[]}');
  });
  return { url: await listen(server), requests, server };
}
