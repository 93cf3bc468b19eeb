import { expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { createAccount, startSimulator } from '@exact-spotter/simulator';
import { TOKEN } from './served-account.ts';

it.each([
  ['likely', {}],
  [
    'unlikely',
    {
      groupList: 'objects',
      telephones: 'objects',
      painPointKey: 'painPoint.id',
      messagingId: 'idMessagingPlataform',
      questionId: 'questionID',
      zone: 'none',
      sourceFlags: 'text',
      numbersAsStrings: true,
    },
  ],
  ['third', { painPointKey: 'id', zone: '-03:00', sourceFlags: 'number' }],
] as const)('objects of the %s shape fill the same tables', async (_name, shapes) => {
  const shaped = createAccount({ seed: 64, leads: 60, shapes });
  const other = await startSimulator({ account: shaped, token: TOKEN });
  const pair = new Pair({ api_token: TOKEN, api_url: other.url, quota_requests: 10_000 });
  const { tap } = await pair.run();
  await other.stop();
  expect(tap.code, tap.stderr).toBe(0);
  expect(tap.stderr).not.toContain('WARNING');
  expect(differences(pair.database, shaped)).toEqual([]);
});

it('an unknown field is logged once and omitted', async () => {
  const shaped = createAccount({ seed: 65, leads: 60, shapes: { unknownFields: true } });
  const other = await startSimulator({ account: shaped, token: TOKEN });
  const pair = new Pair({
    api_token: TOKEN,
    api_url: other.url,
    page_size: 20,
    quota_requests: 10_000,
  });
  const { tap } = await pair.run();
  await other.stop();
  const said = tap.stderr.match(/\/Leads\S* has an unknown field "\w+"/g) ?? [];
  expect(said.length).toBeGreaterThan(0);
  expect(new Set(said).size).toBe(said.length);
  expect(differences(pair.database, shaped)).toEqual([]);
});
