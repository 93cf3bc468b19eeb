import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { defaultBehaviour, type Behaviour } from '../behaviour/behaviour.ts';
import { simpleFaults, type FaultRule } from '../behaviour/fault-plan.ts';
import { isObject } from '../account/row.ts';
import type { Simulator } from './simulator.ts';

/**
 * Lets another process control the simulator. `POST /control/live`, `/control/behave` and
 * `/control/faults` take a JSON body; `POST /control/reset` and `GET /control/requests` do not. No
 * token is needed.
 */
export async function control(
  simulator: Simulator,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const command = `${request.method ?? ''} ${request.url?.replace('/control/', '') ?? ''}`;
  try {
    const result = execute(simulator, command, await body(request));
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'The command failed.';
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: reason }));
  }
}

async function body(request: IncomingMessage): Promise<unknown> {
  const sent = await text(request);
  return sent === '' ? {} : JSON.parse(sent);
}

function execute(simulator: Simulator, command: string, argument: unknown): unknown {
  switch (command) {
    case 'POST live':
      return live(simulator, argument);
    case 'POST behave':
      if (!isBehaviour(argument))
        throw new Error(
          'The body must be an object with options of Behaviour (behaviour/behaviour.ts).',
        );
      simulator.behave(argument);
      return {};
    case 'POST faults':
      if (!isPlan(argument))
        throw new Error('The body must be an array of FaultRule (behaviour/fault-plan.ts).');
      simulator.faults(argument);
      return {};
    case 'POST reset':
      simulator.reset();
      return {};
    case 'GET requests':
      return { quota: simulator.quota, requests: simulator.requests };
    default:
      throw new Error('Unknown command. Use POST live, behave, faults or reset, or GET requests.');
  }
}

function live(simulator: Simulator, argument: unknown): object {
  const { seed = 1, edits = 10, scope = 'daily' } = argument as Record<string, unknown>;
  if (typeof seed !== 'number' || typeof edits !== 'number') {
    throw new Error('seed and edits must be numbers.');
  }
  simulator.account.live({ seed, edits, scope: scope === 'whole' ? 'whole' : 'daily' });
  const { sets } = simulator.account;
  return Object.fromEntries([...sets.keys()].map((set) => [set, simulator.account.count(set)]));
}

function isBehaviour(value: unknown): value is Partial<Behaviour> {
  return isObject(value) && Object.keys(value).every((name) => name in defaultBehaviour);
}

function isPlan(value: unknown): value is FaultRule[] {
  return Array.isArray(value) && value.every(isRule);
}

function isRule(value: unknown): boolean {
  const { match, fault } = value as Partial<Record<string, unknown>>;
  const known =
    typeof fault === 'string' ? simpleFaults.some((name) => name === fault) : isObject(fault);
  return typeof match === 'object' && known;
}
