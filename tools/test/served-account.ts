import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { type Ended } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';

/**
 * The token of every simulated account. If a test finds it in a message, a program has leaked it.
 */
export const TOKEN = 'canary-token';

type Account = Simulator['account'];

/**
 * A generated account and its server for the tests in one file. The server is reset before each
 * test.
 */
export interface ServedAccount {
  readonly account: Account;
  /** Available while the tests run. */
  readonly simulator: Simulator;
  /** Creates a pair whose settings point to the account's server. */
  readonly newPair: (settings?: object) => Pair;
  /**
   * Runs the pair. Expects it to succeed, to reveal no secret, and to make the tables equal the
   * account.
   */
  readonly copies: (pair: Pair) => Promise<{ readonly tap: Ended; readonly target: Ended }>;
}

/** @param settings tap settings in addition to the address, the token and a high rate limit */
export function serveAccount(
  options: Parameters<typeof createAccount>[0],
  settings: object = {},
): ServedAccount {
  const account = createAccount(options);
  let simulator: Simulator | undefined;
  beforeAll(async () => {
    simulator = await startSimulator({ account, token: TOKEN });
  });
  afterAll(() => simulator?.stop());
  beforeEach(() => simulator?.reset());
  const started = (): Simulator => {
    if (!simulator) throw new Error('the account is served only while the tests run');
    return simulator;
  };
  return {
    account,
    get simulator() {
      return started();
    },
    newPair: (more = {}) =>
      new Pair({
        api_token: TOKEN,
        api_url: started().url,
        quota_requests: 10_000,
        quota_seconds: 1,
        ...settings,
        ...more,
      }),
    copies: async (pair) => {
      const ended = await pair.run();
      expect(ended.tap.code, ended.tap.stderr).toBe(0);
      expect(ended.target.code, ended.target.stderr).toBe(0);
      expect(ended.tap.stderr + ended.tap.stdout + ended.target.stderr).not.toContain(TOKEN);
      expect(differences(pair.database, account)).toEqual([]);
      return ended;
    },
  };
}
