import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccount, startSimulator, type Fault, type Simulator } from '../src/index.ts';
import { get, isPending, page, TOKEN, type Envelope } from './client.ts';

const account = createAccount({ seed: 6, leads: 120, now: Date.UTC(2026, 8, 10, 12) });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

/** The response to this query is long enough to be compressed. */
const query = { $top: 100 };

function inject(fault: Fault): void {
  simulator.faults([{ match: { nth: 1 }, fault }]);
}

describe('a fault plan', () => {
  it.each([500, 502, 503, 504, 429, 401, 403, 404])(
    'answers the n-th request of a set with status %i',
    async (status) => {
      simulator.faults([{ match: { set: 'Leads', nth: 2 }, fault: { status, retryAfter: 3 } }]);
      const responses = [];
      for (const path of ['/Leads', '/Tasks', '/Leads', '/Leads']) {
        responses.push(await get(simulator, path, query));
      }
      expect(responses.map((response) => response.status)).toEqual([200, 200, status, 200]);
      expect(responses.map(({ headers }) => headers.get('retry-after'))).toEqual([
        ...[null, null, '3', null],
      ]);
    },
  );

  it('affects every n-th request', async () => {
    simulator.faults([{ match: { every: 3 }, fault: { status: 500 } }]);
    for (let times = 0; times < 7; times += 1) await get(simulator, '/sdrs');
    const statuses = simulator.requests.map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 500, 200, 200, 500, 200]);
  });

  it('affects requests with a given probability; the same seed affects the same requests', async () => {
    const statuses = async (seed: number): Promise<number[]> => {
      simulator.faults([{ match: { probability: 0.3, seed }, fault: { status: 500 } }]);
      simulator.clearRequests();
      for (let times = 0; times < 60; times += 1) await get(simulator, '/sdrs');
      return simulator.requests.map(({ status }) => status);
    };
    const first = await statuses(4);
    expect(await statuses(4)).toEqual(first);
    expect(await statuses(5)).not.toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(6);
    expect(failed).toBeLessThan(35);
  });
});

describe('a fault', () => {
  it.each(['resetBeforeHeaders', 'resetMidBody', 'truncatedJson', 'html', 'gzipCut'] as const)(
    'makes a page unreadable and is recorded: %s',
    async (fault) => {
      inject(fault);
      await expect(page(simulator, '/Leads', query)).rejects.toThrow();
      expect((await page(simulator, '/Leads', query)).value).toHaveLength(100);
      expect(simulator.requests.map((request) => request.fault)).toEqual([fault, undefined]);
    },
  );

  it('resets the connection before the headers: resetBeforeHeaders', async () => {
    inject('resetBeforeHeaders');
    await expect(get(simulator, '/Leads')).rejects.toThrow();
  });

  it('resets the connection after the headers: resetMidBody', async () => {
    inject('resetMidBody');
    const response = await get(simulator, '/Leads', query);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it.each([
    ['truncatedJson', false, 'application/json'],
    ['html', false, 'text/html'],
    ['wrongContentType', true, 'text/html'],
  ] as const)(
    'sends a wrong body or content type with status 200: %s',
    async (fault, isValid, type) => {
      inject(fault);
      const response = await get(simulator, '/Leads', query);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toContain(type);
      expect(isJson(await response.text())).toBe(isValid);
    },
  );

  it('sends no headers: headersNever', async () => {
    const controller = new AbortController();
    inject('headersNever');
    const response = get(simulator, '/Leads', query, controller.signal);
    await vi.waitFor(() => expect(simulator.requests[0]?.fault).toBe('headersNever'), {
      timeout: 30_000,
    });
    await expectSlowResponse();
    expect(await isPending(response)).toBe(true);
    controller.abort();
    await expect(response).rejects.toThrow();
  });

  it('sends half of the body and then hangs: chunkedWithoutEnd', async () => {
    const controller = new AbortController();
    inject('chunkedWithoutEnd');
    const response = await get(simulator, '/Leads', query, controller.signal);
    expect(response.status).toBe(200);
    const body = response.text();
    await expectSlowResponse();
    expect(await isPending(body)).toBe(true);
    controller.abort();
    await expect(body).rejects.toThrow();
  });

  it('sends the whole body slowly: slowBody', async () => {
    inject({ slowBody: 20_000 });
    const response = await get(simulator, '/Leads', { $top: 3 });
    const started = performance.now();
    const body = await response.text();
    expect(JSON.parse(body)).toHaveProperty('value.length', 3);
    expect(performance.now() - started).toBeGreaterThan(body.length / 20 / 2);
  });

  it('sends a body without a length or chunks: http10', async () => {
    inject('http10');
    expect((await page(simulator, '/Leads', query)).value).toHaveLength(100);
    inject('http10');
    const response = await rawGet('/v3/Leads?$top=1');
    expect(response).toMatch(/^HTTP\/1\.0 200 /);
    expect(response).not.toMatch(/content-length|transfer-encoding/i);
  });

  it.each([
    ['emptyPage', () => []],
    ['duplicateRows', (rows) => [...rows.slice(20, 60), ...rows.slice(57, 60)]],
    [{ shiftedRows: -5 }, (rows) => rows.slice(15, 55)],
    [{ shiftedRows: 5 }, (rows) => rows.slice(25, 65)],
  ] as [Fault, (rows: Envelope['value']) => Envelope['value']][])(
    'changes the rows of a page, but not its link: %j',
    async (fault, expected) => {
      const options = { $skip: 20, $top: 40, $orderby: 'id' };
      simulator.behave({ nextLink: 'whenMore' });
      const unharmed = await page(simulator, '/Leads', options);
      expect(unharmed.value).toEqual(account.rows('Leads').slice(20, 60));
      inject(fault);
      expect(await page(simulator, '/Leads', options)).toEqual({
        ...unharmed,
        value: expected(account.rows('Leads')),
      });
    },
  );

  it('removes the key of one row: rowWithoutKey', async () => {
    inject('rowWithoutKey');
    const { value } = await page(simulator, '/Leads', query);
    expect(value).toHaveLength(100);
    expect(value.filter((row) => !('id' in row))).toHaveLength(1);
  });

  it('redirects to a second host, which records whether the token was sent: redirect', async () => {
    inject('redirect');
    const response = await get(simulator, '/Leads', query);
    const location = response.headers.get('location') ?? '';
    expect(response.status).toBe(302);
    expect(new URL(location).host).not.toBe(new URL(simulator.url).host);
    simulator.behave({ nextLink: 'otherHost' });
    const link = (await page(simulator, '/Leads'))['@odata.nextLink'] ?? '';
    expect(new URL(link).host).toBe(new URL(location).host);
    await fetch(link);
    await fetch(location, { headers: { token_exact: TOKEN } });
    expect(simulator.decoyRequests.map(({ withToken }) => withToken)).toEqual([false, true]);
  });
});

/** Waits for a delayed response, so that pending data has time to arrive. */
async function expectSlowResponse(): Promise<void> {
  simulator.behave({ latencyMs: 100 });
  expect((await get(simulator, '/Tasks')).status).toBe(200);
}

function isJson(body: string): boolean {
  try {
    return typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}

/** Sends a request through a plain socket and returns the raw response. */
async function rawGet(path: string): Promise<string> {
  const { hostname, port } = new URL(simulator.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\ntoken_exact: ${TOKEN}\r\n\r\n`);
  return text(socket);
}
