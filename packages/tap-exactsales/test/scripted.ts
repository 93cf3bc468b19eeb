import { millisecondsInDay } from 'date-fns/constants';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ended } from '@exact-spotter/testing';
import { file, tap } from './tap.ts';

/**
 * Servers that behave in ways the simulator does not. They have a few rows, a minimal query
 * language, and a hook.
 */

const TOKEN = 'canary-of-scripts';
const now = Date.now();

/** Returns the date-time some days from now, in UTC and whole seconds. */
export function dated(days: number): string {
  return `${new Date(now + days * millisecondsInDay).toISOString().slice(0, 19)}Z`;
}

/** Returns `length` rows. */
export function many<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

export type Row = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** True for `/<Set>/$count`. */
  readonly isCount: boolean;
  /** How many requests for this path the server was answering when this one arrived, with this one. */
  readonly together: number;
}

/** The response that the server is about to send; a script may change any part of it. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  envelope: Record<string, unknown>;
  /** The body to send instead of the envelope. */
  bytes?: Buffer;
}

/** @param found the rows that match the filter, before they are cut to a page */
export type Script = (
  answer: Answer,
  asked: Asked,
  found: readonly Row[],
  all: readonly Row[],
) => void;

export interface Scripted {
  readonly url: string;
  readonly asked: readonly Asked[];
  stop(): void;
}

/**
 * @param sets rows by lower-case path; every other path has no rows. They are read when the server
 * answers, so a script may change them.
 * @param respects returns false for a filter clause that the server ignores
 * @param latencyMs milliseconds to wait before the server reads the rows
 */
export async function serve(
  sets: Readonly<Record<string, readonly Row[]>>,
  script: Script = () => undefined,
  respects: (clause: string) => boolean = () => true,
  latencyMs: (asked: Asked) => number = () => 0,
): Promise<Scripted> {
  const asked: Asked[] = [];
  const inProgress = new Map<string, number>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [path = '', tail] = pathname
      .replace(/^\/v3\//, '')
      .toLowerCase()
      .split('/');
    const isCount = tail === '$count';
    const together = (inProgress.get(path) ?? 0) + 1;
    const one: Asked = { path, query: Object.fromEntries(searchParams), isCount, together };
    asked.push(one);
    inProgress.set(path, together);
    response.on('close', () => inProgress.set(path, (inProgress.get(path) ?? 0) - 1));
    const latency = latencyMs(one);
    if (latency > 0) setTimeout(() => answer(request, response, one), latency).unref();
    else answer(request, response, one);
  });
  const answer = (request: IncomingMessage, response: ServerResponse, one: Asked): void => {
    const { path, isCount } = one;
    const all = sets[path] ?? [];
    const found = ordered(filtered(all, one.query['$filter'], respects), one.query['$orderby']);
    const skip = Number(one.query['$skip'] ?? 0);
    const value = found.slice(skip, skip + Math.min(500, Number(one.query['$top'] ?? 500)));
    const counted = one.query['$count'] === 'true' && { '@odata.count': found.length };
    const sent: Answer = { status: 200, headers: {}, envelope: { ...counted, value } };
    if (request.headers['token_exact'] !== TOKEN) sent.status = 401;
    if (isCount) sent.bytes = Buffer.from(String(found.length));
    script(sent, one, found, all);
    response.writeHead(sent.status, { 'content-type': 'application/json', ...sent.headers });
    response.end(sent.bytes ?? JSON.stringify(sent.envelope));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}/v3`, asked, stop };
}

interface ReadOptions {
  readonly settings?: object;
  readonly state?: unknown;
  readonly env?: NodeJS.ProcessEnv;
  /** Milliseconds to wait before reading more of the tap's output (default: 0). */
  readonly pauseMs?: number;
}

/** Runs the tap for some streams. */
export async function readStreams(
  url: string,
  streams: readonly string[],
  { settings = {}, state, env = {}, pauseMs }: ReadOptions = {},
): Promise<Ended & { readonly messages: readonly Message[] }> {
  const config = file('tap.json', {
    ...{ api_token: TOKEN, api_url: url, quota_requests: 1000, quota_seconds: 1, max_retries: 1 },
    ...settings,
  });
  const catalog = file('catalog.json', {
    streams: streams.map((stream) => ({ tap_stream_id: stream })),
  });
  const given = state === undefined ? [] : ['--state', file('state.json', state)];
  const ended = await tap(
    ['--config', config, '--catalog', catalog, ...given],
    env,
    undefined,
    pauseMs,
  );
  const lines = ended.stdout.split('\n').filter((line) => line !== '');
  return { ...ended, messages: lines.map((line) => JSON.parse(line) as Message) };
}

export interface Message {
  readonly type: string;
  readonly stream?: string;
  readonly record?: Row;
  readonly version?: number;
  readonly time_extracted?: string;
  readonly encoding?: { readonly format: string; readonly compression?: string };
  readonly manifest?: readonly string[];
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly value?: { readonly bookmarks: Readonly<Record<string, Row>> };
}

/** Returns how many distinct records of a stream were written. */
export function rowsOf(messages: readonly Message[], stream: string): number {
  const rows = messages.filter((message) => message.type === 'RECORD' && message.stream === stream);
  return new Set(rows.map(({ record }) => JSON.stringify(record))).size;
}

/** Returns the value of the last STATE. */
export function lastState(messages: readonly Message[]): Message['value'] {
  return messages.findLast(({ type }) => type === 'STATE')?.value;
}

/**
 * Applies comparisons joined with `and`. A clause in parentheses contains comparisons joined with
 * `or`.
 */
function filtered(
  rows: readonly Row[],
  filter: string | undefined,
  respects: (clause: string) => boolean,
): readonly Row[] {
  const clauses = (filter?.split(' and ') ?? []).filter(respects);
  return clauses.reduce(
    (left, clause) => left.filter((row) => alternatives(clause).some((one) => matches(row, one))),
    rows,
  );
}

function alternatives(clause: string): string[] {
  return clause.startsWith('(') ? clause.slice(1, -1).split(' or ') : [clause];
}

function matches(row: Row, clause: string): boolean {
  const [, member = '', operator = '', literal = ''] = /^(\w+) (\w\w) (.+)$/.exec(clause) ?? [];
  const value = row[member];
  if (operator === 'in') return literal.slice(1, -1).split(',').includes(String(value));
  if (literal === 'null') return (value ?? null) === null;
  return holds(comparison(value, literal), operator);
}

function comparison(value: unknown, literal: string): number {
  if (typeof value === 'number') return value - Number(literal);
  if (typeof value !== 'string') return NaN;
  const [left, right] = [value, literal.replace(/^'|'$/g, '')].map((text) => text.replace('Z', ''));
  return (left ?? '') < (right ?? '') ? -1 : Number((left ?? '') > (right ?? ''));
}

function holds(compared: number, operator: string): boolean {
  if (operator === 'eq') return compared === 0;
  if (operator.startsWith('g')) return compared > 0 || (operator === 'ge' && compared === 0);
  return compared < 0 || (operator === 'le' && compared === 0);
}

function ordered(rows: readonly Row[], orderby: string | undefined): readonly Row[] {
  const members = orderby?.split(',').map((part) => part.split(' ')) ?? [];
  return rows.toSorted((left, right) => {
    for (const [member = '', direction] of members) {
      const compared = compareValues(left[member], right[member]);
      if (compared !== 0) return direction === 'desc' ? -compared : compared;
    }
    return 0;
  });
}

function compareValues(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left) < String(right) ? -1 : Number(String(left) > String(right));
}
