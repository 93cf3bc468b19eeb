import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { proxyFor, proxyProblems } from '../src/api/proxy.ts';
import { many, readStreams, rowsOf, serve } from './scripted.ts';

const API = 'https://api.example.com/v3';

describe('proxyFor', () => {
  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    ['a URL', { HTTPS_PROXY: 'http://p.example.com:3128' }, 'p.example.com:3128'],
    ['a host and a port', { HTTPS_PROXY: 'p.example.com:3128' }, 'p.example.com:3128'],
    ['a host', { HTTPS_PROXY: 'p.example.com' }, 'p.example.com:80'],
    ['an IPv6 address', { HTTPS_PROXY: '[::1]:3128' }, '[::1]:3128'],
    ['an HTTPS proxy', { HTTPS_PROXY: 'https://p.example.com/' }, 'p.example.com:443'],
    ['credentials', { https_proxy: 'u:p%40ss@p.example.com:1' }, 'p.example.com:1'],
    ['the lower-case variable first', { https_proxy: 'low:1', HTTPS_PROXY: 'up:1' }, 'low:1'],
    ['HTTP_PROXY if there is no HTTPS_PROXY', { HTTP_PROXY: 'p:1' }, 'p:1'],
    ['an empty variable as no proxy', { HTTPS_PROXY: '' }, undefined],
    ['NO_PROXY', { HTTPS_PROXY: 'p:1', NO_PROXY: 'x.com, .example.com' }, undefined],
    ['NO_PROXY with another port', { HTTPS_PROXY: 'p:1', NO_PROXY: 'api.example.com:80' }, 'p:1'],
    ['NO_PROXY with a similar name', { HTTPS_PROXY: 'p:1', NO_PROXY: 'pi.example.com' }, 'p:1'],
    ['NO_PROXY with a wildcard', { HTTPS_PROXY: 'p:1', NO_PROXY: '*.example.com' }, undefined],
    ['NO_PROXY=*', { HTTPS_PROXY: 'p:1', no_proxy: '*' }, undefined],
  ])('respects %s', (_case, env, host) => {
    expect(proxyFor(API, env)?.host).toBe(host);
    expect(proxyProblems(API, env)).toEqual([]);
  });

  it('does not use HTTPS_PROXY for HTTP', () => {
    expect(proxyFor('http://api.example.com', { HTTPS_PROXY: 'p:1' })).toBeUndefined();
  });
});

it.each([
  'http://',
  'ftp://x',
  'http://canary:99999',
  'canary:port',
  'http://user:canary/1@host:3128',
  'http://user:can%ary@host:3128',
  'http://ho st',
])('the proxy %j is refused with exit code 2 and without showing it', async (value) => {
  const { code, stdout, stderr } = await readStreams('http://127.0.0.1:9/v3', ['stages'], {
    env: { HTTP_PROXY: value },
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/CRITICAL The environment variable HTTP_PROXY must be the address of/);
  expect(stderr).not.toContain('canary');
});

interface TestProxy {
  readonly host: string;
  /** The requests, and the requests to open a tunnel to a host. */
  readonly asked: IncomingMessage[];
}

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/**
 * Starts a proxy that forwards requests.
 * @param tunnel what to do with a request to open a tunnel
 */
async function startProxy(tunnel?: (socket: Socket) => void): Promise<TestProxy> {
  const asked: IncomingMessage[] = [];
  const server = createServer((asking, answer) => {
    asked.push(asking);
    const { url = '', headers } = asking;
    request(url, { headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 0, answered.headers);
      answered.pipe(answer);
    }).end();
  });
  server.on('connect', (asking: IncomingMessage, socket: Socket) => {
    asked.push(asking);
    tunnel?.(socket);
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

it('a proxy without a scheme gets all requests, with its credentials', async () => {
  const proxy = await startProxy();
  const server = await serve({ stages: many(3, (id) => ({ id, value: 'x' })) });
  const { code, stderr, messages } = await readStreams(server.url, ['stages'], {
    env: { HTTP_PROXY: `user:can%40ry@${proxy.host}` },
  });
  server.stop();
  expect(code, stderr).toBe(0);
  expect(rowsOf(messages, 'stages')).toBe(3);
  expect(proxy.asked).toHaveLength(server.asked.length);
  const credentials = Buffer.from('user:can@ry').toString('base64');
  expect(proxy.asked[0]?.headers['proxy-authorization']).toBe(`Basic ${credentials}`);
});

describe('an error names the proxy, but not its credentials, if the proxy', () => {
  const refuse =
    (status: string) =>
    (socket: Socket): void => {
      socket.end(`HTTP/1.1 ${status}\r\n\r\n`);
    };

  it.each<[string, ((socket: Socket) => void) | undefined, string]>([
    ['requires credentials', refuse('407 Authenticate'), 'the proxy answered 407, so it requires'],
    ['does not allow the host', refuse('403 Forbidden'), 'the proxy answered 403, so it does not'],
    [
      'cannot reach the host',
      refuse('502 Bad Gateway'),
      'the proxy answered 502; check HTTPS_PROXY, api_url and the connection.',
    ],
    [
      'closes the connection',
      (socket) => socket.destroy(),
      'the proxy closed the connection; run again later.',
    ],
    [
      'does not listen',
      undefined,
      'the connection was refused; check HTTPS_PROXY, api_url and the connection.',
    ],
  ])('%s', async (_case, tunnel, reason) => {
    const { host } = tunnel ? await startProxy(tunnel) : { host: '127.0.0.1:9' };
    const { code, stderr } = await readStreams(API, ['stages'], {
      settings: { max_retries: 0 },
      env: { HTTPS_PROXY: `user:canary@${host}` },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `GET /stages to api.example.com:443 failed at the proxy ${host}: ${reason}`,
    );
    expect(stderr).not.toContain('canary@');
  });

  it('is on the way of a request that times out', async () => {
    const { host } = await startProxy(() => undefined);
    const { code, stderr } = await readStreams(API, ['stages'], {
      settings: { max_retries: 0, request_timeout_seconds: 0.2 },
      env: { https_proxy: host },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(
      `GET /stages to api.example.com:443 through the proxy ${host} timed out after 0.2 s`,
    );
  });
});
