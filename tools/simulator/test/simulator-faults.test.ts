import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '../src/index.ts';
import { everyRow, get, hangs, page, TOKEN } from './api.ts';

const account = createAccount({ seed: 6, leads: 120 });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

describe('the quota', () => {
  const statuses = async (times: number): Promise<number[]> =>
    Promise.all(Array.from({ length: times }, async () => (await get(simulator, '/Leads')).status));

  it('admits so many requests in any window, and counts what the client does', async () => {
    simulator.behave({ quota: { requests: 5, seconds: 0.4 } });
    expect((await statuses(8)).filter((status) => status === 429)).toHaveLength(3);
    await pause(450);
    expect(await statuses(5)).toEqual(Array(5).fill(200));
    expect(simulator.quota).toEqual({ maxInWindow: 8, answered429: 3 });
    simulator.behave({ quota: { requests: 5, seconds: 0.4 } });
    expect(simulator.quota).toEqual({ maxInWindow: 0, answered429: 0 });
  });

  it.each([
    [{ retryAfter: 'seconds' }, /^2$/],
    [{ retryAfter: 7 }, /^7$/],
    [{ retryAfter: 'none' }, /^null$/],
    [{ retryAfter: 'date', clockOffsetSeconds: 3600 }, /GMT$/],
  ] as const)('says how long to wait: %j', async (form, wanted) => {
    simulator.behave({ quota: { requests: 1, seconds: 2, ...form } });
    await get(simulator, '/Leads');
    const { status, headers } = await get(simulator, '/Leads');
    expect(status).toBe(429);
    expect(String(headers.get('retry-after'))).toMatch(wanted);
    const until = Date.parse(headers.get('retry-after') ?? '');
    const now = Date.parse(headers.get('date') ?? '');
    if (wanted.source === 'GMT$') {
      expect(now - Date.now()).toBeGreaterThan(3_500_000);
      expect(until - now).toBeLessThanOrEqual(3000);
      expect(until - now).toBeGreaterThan(0);
    }
  });

  it('is shared with others, who take what is free', async () => {
    simulator.behave({
      quota: { requests: 4, seconds: 0.5 },
      foreignUse: { requests: 100, seconds: 1 },
    });
    await pause(300);
    expect(await statuses(4)).toEqual(Array(4).fill(429));
    simulator.behave({ quota: { requests: 4, seconds: 0.5 }, foreignUse: undefined });
    expect(await statuses(4)).toEqual(Array(4).fill(200));
  });
});

describe('time', () => {
  it('takes as long as told, and longer for large pages of slow sets', async () => {
    simulator.behave({
      latencyMs: (set) => (set === 'Leads' ? 80 : 0),
      slowSets: { LeadsCustomFields: { rows: 50, ms: 150 } },
    });
    expect(await seconds('/Leads')).toBeGreaterThan(0.07);
    expect(await seconds('/LeadsCustomFields', { $top: 51 })).toBeGreaterThan(0.14);
    expect(await seconds('/leadscustomfields', { $top: 50 })).toBeLessThan(0.1);
  });

  async function seconds(path: string, query = {}): Promise<number> {
    const begun = performance.now();
    await page(simulator, path, query);
    return (performance.now() - begun) / 1000;
  }
});

describe('a life during the read', () => {
  it('shows each request the rows of its moment', async () => {
    const before = account.count('Leads');
    const end = simulator.onRequest(() => account.add('Leads'));
    expect((await page(simulator, '/Leads', { $skip: before })).value).toHaveLength(1);
    end();
    const stop = simulator.beforeResponse(() => account.add('Leads'));
    expect((await page(simulator, '/Leads', { $skip: before })).value).toHaveLength(1);
    stop();
    expect((await page(simulator, '/Leads', { $skip: before })).value).toHaveLength(2);
  });
});

describe('faults', () => {
  const one = { $top: 100 };

  it.each([500, 502, 503, 504, 429, 401, 403, 404])('answers %i', async (status) => {
    simulator.faults([{ match: { set: 'Leads', nth: 2 }, fault: { status, retryAfter: 3 } }]);
    const seen = [];
    for (let times = 0; times < 3; times += 1) seen.push(await get(simulator, '/Leads', one));
    expect(seen.map((response) => response.status)).toEqual([200, status, 200]);
    expect(seen[1]?.headers.get('retry-after')).toBe('3');
    expect((await get(simulator, '/Tasks')).status).toBe(200);
  });

  it.each(['resetBeforeHeaders', 'resetMidBody', 'truncatedJson', 'html', 'gzipCut'] as const)(
    'spoils the answer: %s',
    async (fault) => {
      simulator.faults([{ match: { nth: 1 }, fault }]);
      await expect(page(simulator, '/Leads', one)).rejects.toThrow();
      expect((await page(simulator, '/Leads', one)).value).toHaveLength(100);
      expect(simulator.requests[0]?.fault).toBe(fault);
    },
  );

  it('resets before the headers, or after them', async () => {
    simulator.faults([{ match: { set: 'Leads' }, fault: 'resetBeforeHeaders' }]);
    await expect(get(simulator, '/Leads')).rejects.toThrow();
    simulator.faults([{ match: { set: 'Leads' }, fault: 'resetMidBody' }]);
    const response = await get(simulator, '/Leads');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it.each(['truncatedJson', 'html', 'wrongContentType'] as const)(
    'answers 200 all the same: %s',
    async (fault) => {
      simulator.faults([{ match: {}, fault }]);
      const response = await get(simulator, '/Leads', one);
      const body = await response.text();
      expect(response.status).toBe(200);
      expect(isJson(body)).toBe(fault === 'wrongContentType');
      expect(response.headers.get('content-type')?.includes('json')).toBe(
        fault === 'truncatedJson',
      );
    },
  );

  it('sends no headers, or no end of the body, for ever', async () => {
    simulator.faults([{ match: { nth: 1 }, fault: 'headersNever' }]);
    expect(await hangs(get(simulator, '/Leads', one), 200)).toBe(true);
    simulator.faults([{ match: { nth: 1 }, fault: 'chunkedWithoutEnd' }]);
    const response = await get(simulator, '/Leads', one);
    expect(await hangs(response.text(), 200)).toBe(true);
  });

  it('sends the body slowly, and whole', async () => {
    simulator.faults([{ match: {}, fault: { slowBody: 20_000 } }]);
    const response = await get(simulator, '/Leads', { $top: 3 });
    const begun = performance.now();
    expect(JSON.parse(await response.text())).toHaveProperty('value.length', 3);
    expect(performance.now() - begun).toBeGreaterThan(100);
  });

  it('speaks HTTP/1.0: neither length nor chunks', async () => {
    simulator.faults([{ match: {}, fault: 'http10' }]);
    expect((await page(simulator, '/Leads', one)).value).toHaveLength(100);
    const answer = await rawGet('/v3/Leads?$top=1');
    expect(answer).toMatch(/^HTTP\/1\.0 200 /);
    expect(answer).not.toMatch(/content-length|transfer-encoding/i);
  });

  it('spoils the page: empty, doubled, shifted, without a key', async () => {
    const rows = account.rows('Leads');
    const query = { $skip: 20, $top: 40, $orderby: 'id' };
    const spoilt = async (fault: Parameters<typeof simulator.faults>[0][0]['fault']) => {
      simulator.faults([{ match: {}, fault }]);
      simulator.behave({ nextLink: 'whenMore' });
      return page(simulator, '/Leads', query);
    };
    const empty = await spoilt('emptyPage');
    expect([empty.value, '@odata.nextLink' in empty]).toEqual([[], true]);
    const doubled = (await spoilt('duplicateRows')).value;
    expect(doubled).toEqual([...rows.slice(20, 60), ...rows.slice(57, 60)]);
    expect((await spoilt({ shiftedRows: -5 })).value).toEqual(rows.slice(15, 55));
    expect((await spoilt({ shiftedRows: 5 })).value).toEqual(rows.slice(25, 65));
    const { value } = await spoilt('rowWithoutKey');
    expect(value.filter((row) => !('id' in row))).toHaveLength(1);
  });

  it('leads to another host, which knows whether the token came along', async () => {
    simulator.faults([{ match: { nth: 1 }, fault: 'redirect' }]);
    const response = await get(simulator, '/Leads', one);
    const location = response.headers.get('location') ?? '';
    expect(response.status).toBe(302);
    expect(new URL(location).host).not.toBe(new URL(simulator.url).host);
    simulator.behave({ nextLink: 'otherHost' });
    const link = (await page(simulator, '/Leads'))['@odata.nextLink'] ?? '';
    await fetch(link);
    await fetch(location, { headers: { token_exact: TOKEN } });
    expect(simulator.decoyRequests.map(({ withToken }) => withToken)).toEqual([false, true]);
  });

  it('strikes by chance, the same for the same seed', async () => {
    const struck = async (seed: number): Promise<number[]> => {
      simulator.faults([{ match: { probability: 0.3, seed }, fault: { status: 500 } }]);
      simulator.clearRequests();
      for (let times = 0; times < 60; times += 1) await get(simulator, '/sdrs');
      return simulator.requests.map(({ status }) => status);
    };
    const first = await struck(4);
    expect(await struck(4)).toEqual(first);
    expect(await struck(5)).not.toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(6);
    expect(failed).toBeLessThan(35);
  });
});

describe('from another process', () => {
  const control = async (command: string, body?: unknown): Promise<Response> =>
    fetch(`${simulator.controlUrl}/${command}`, {
      method: 'POST',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it('is driven without a token', async () => {
    const before = account.rows('Leads');
    expect((await control('live', { seed: 1, edits: 20 })).status).toBe(200);
    expect(account.rows('Leads')).not.toEqual(before);
    await control('behave', { pageCap: 7 });
    expect((await page(simulator, '/Leads')).value).toHaveLength(7);
    await control('faults', [{ match: {}, fault: { status: 503 } }]);
    expect((await get(simulator, '/Leads')).status).toBe(503);
    const { requests } = (await (await fetch(`${simulator.controlUrl}/requests`)).json()) as {
      requests: { path: string; status: number }[];
    };
    expect(requests.map(({ path, status }) => [path, status])).toEqual([
      ...[['/Leads', 200] as const, ['/Leads', 503] as const],
    ]);
    await control('reset');
    expect(await everyRow(simulator, '/Leads')).toHaveLength(account.count('Leads'));
  });

  it.each([
    ['behave', { noSuch: 1 }],
    ['faults', [{ match: {}, fault: 'noSuch' }]],
    ['live', { edits: 'many' }],
    ['nothing', {}],
  ])('refuses %s %j with a reason', async (command, body) => {
    const response = await control(command, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty('error');
  });
});

describe('npm run simulator', () => {
  const program = join(import.meta.dirname, '..', 'src', 'main.ts');
  let child: ReturnType<typeof spawn> | undefined;
  const command = (...args: string[]): ReturnType<typeof spawn> =>
    (child = spawn(process.execPath, [program, ...args]));
  afterEach(() => child?.kill('SIGKILL'));

  it('says where it answers, and ends on an interrupt', async () => {
    const simulating = command('--leads', '30', '--token', 'abc', '--quota', '2/60');
    const [said] = (await once(simulating.stdout ?? simulating, 'data')) as [Buffer];
    const [url = ''] = /http\S+v3/.exec(said.toString()) ?? [];
    const headers = { token_exact: 'abc' };
    const statuses = [];
    for (let times = 0; times < 3; times += 1) {
      statuses.push((await fetch(`${url}/Leads`, { headers })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    simulating.kill('SIGINT');
    const [code] = (await once(simulating, 'close')) as [number | null];
    expect(code).toBe(0);
  });

  it.each([
    ['--leads', '5', '--leads must be an integer from 10 to 1000000.'],
    ['--quota', '30', '--quota must be requests/seconds, such as 30/20.'],
    ['--nothing', '1', "Unknown option '--nothing'"],
  ])('refuses %s %s', async (name, value, message) => {
    const refusing = command(name, value);
    const [said, [code]] = await Promise.all([
      refusing.stderr ? text(refusing.stderr) : '',
      once(refusing, 'close') as Promise<[number | null]>,
    ]);
    expect(said).toContain(message);
    expect(code).toBe(2);
  });
});

function isJson(body: string): boolean {
  try {
    return typeof JSON.parse(body) === 'object';
  } catch {
    return false;
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** What goes over the socket, from the status line on. */
async function rawGet(path: string): Promise<string> {
  const { hostname, port } = new URL(simulator.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\ntoken_exact: ${TOKEN}\r\n\r\n`);
  return text(socket);
}
