import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccount, startSimulator, type Simulator } from '../src/index.ts';
import { everyRow, get, page, TOKEN } from './client.ts';

const account = createAccount({ seed: 6, leads: 120, now: Date.UTC(2026, 8, 10, 12) });
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ account, token: TOKEN });
});
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

async function control(command: string, body?: unknown): Promise<Response> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  return fetch(`${simulator.controlUrl}/${command}`, { method: 'POST', ...init });
}

describe('a control request', () => {
  it('edits the account and returns the number of rows in each set', async () => {
    const before = account.rows('Leads');
    const response = await control('live', { seed: 1, edits: 20 });
    const counts = [...account.sets.keys()].map((set) => [set, account.count(set)]);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(Object.fromEntries(counts));
    expect(account.rows('Leads')).not.toEqual(before);
  });

  it('changes the behaviour', async () => {
    await control('behave', { pageCap: 7 });
    expect((await page(simulator, '/Leads')).value).toHaveLength(7);
  });

  it('replaces the fault plan', async () => {
    await control('faults', [{ match: {}, fault: { status: 503 } }]);
    expect((await get(simulator, '/Leads')).status).toBe(503);
    await control('faults', []);
    expect((await get(simulator, '/Leads')).status).toBe(200);
  });

  it('lists the requests to the API and reports the use of the rate limit', async () => {
    await control('behave', { quota: { requests: 1, seconds: 3600 } });
    for (const path of ['/Leads', '/Tasks']) await get(simulator, path);
    const response = await fetch(`${simulator.controlUrl}/requests`);
    expect(await response.json()).toMatchObject({
      requests: [
        { path: '/Leads', status: 200 },
        { path: '/Tasks', status: 429 },
      ],
      quota: { maxInWindow: 2, answered429: 1 },
    });
  });

  it('resets the behaviour, the faults and the requests', async () => {
    await control('behave', { pageCap: 7, missing: ['Leads'] });
    await control('faults', [{ match: { set: 'Tasks' }, fault: { status: 503 } }]);
    expect((await get(simulator, '/Leads')).status).toBe(404);
    expect((await get(simulator, '/Tasks')).status).toBe(503);
    expect((await control('reset')).status).toBe(200);
    expect(simulator.requests).toEqual([]);
    expect(await everyRow(simulator, '/Leads')).toHaveLength(account.count('Leads'));
    expect((await get(simulator, '/Tasks')).status).toBe(200);
  });

  it.each([
    ['behave', { noSuch: 1 }, 'Behaviour'],
    ['faults', [{ match: {}, fault: 'noSuch' }], 'FaultRule'],
    ['live', { edits: 'many' }, 'seed and edits must be numbers'],
    ['nothing', {}, 'Unknown command'],
  ])('is refused with a reason if it is invalid: %s %j', async (command, body, reason) => {
    const response = await control(command, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringContaining(reason) as string });
  });
});
