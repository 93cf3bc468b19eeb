import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { isContentFault, type Fault } from '../behaviour/fault-plan.ts';
import type { Answer } from './answer.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  /** True if the body is compressed for clients that accept it. */
  readonly gzip: boolean;
  /** The target of redirects. */
  readonly otherUrl: string;
}

/** A maintenance page, in Portuguese: "Maintenance. We will be back soon." */
const HTML =
  '<!DOCTYPE html><html><head><title>Manutenção</title></head><body>Voltamos já.</body></html>';

/**
 * Sends an answer, with or without a fault.
 * @returns the status that was sent; 0 if no headers were sent
 */
export async function send(exchange: Exchange, answer: Answer, fault?: Fault): Promise<number> {
  if (fault === undefined || isContentFault(fault)) return sendWhole(exchange, answer);
  if (typeof fault === 'object') {
    if ('slowBody' in fault) return sendSlowly(exchange, answer, fault.slowBody);
    return sendWhole(exchange, answer);
  }
  switch (fault) {
    case 'resetBeforeHeaders':
      exchange.request.socket.resetAndDestroy();
      return 0;
    case 'headersNever':
      return 0;
    case 'resetMidBody':
      return sendHalf(exchange, answer, () => exchange.request.socket.resetAndDestroy());
    case 'chunkedWithoutEnd':
      return sendHalf(exchange, answer, () => undefined, { 'transfer-encoding': 'chunked' });
    case 'truncatedJson':
      return sendWhole(exchange, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    case 'html':
      return sendWhole(exchange, { ...answer, status: 200, body: HTML, contentType: 'text/html' });
    case 'wrongContentType':
      return sendWhole(exchange, { ...answer, contentType: 'text/html' });
    case 'http10':
      return sendHttp10(exchange, answer);
    case 'redirect':
      return sendRedirect(exchange);
    case 'gzipCut':
      return sendCutGzip(exchange, answer);
  }
}

function sendWhole(exchange: Exchange, answer: Answer): number {
  const accepted = String(exchange.request.headers['accept-encoding']).includes('gzip');
  const compressed = exchange.gzip && accepted && answer.body.length > 1000;
  const body = compressed ? gzipSync(answer.body, { level: 1 }) : Buffer.from(answer.body);
  const encoding = compressed ? { 'content-encoding': 'gzip' } : {};
  writeHead(exchange, answer, { ...encoding, 'content-length': String(body.length) });
  exchange.response.end(body);
  return answer.status;
}

function writeHead(
  { response, headers }: Exchange,
  { status, contentType }: Answer,
  more: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, 'content-type': contentType, ...more });
}

/** Sends the first half of the body, then calls `end`. */
async function sendHalf(
  exchange: Exchange,
  answer: Answer,
  end: () => unknown,
  framing?: Readonly<Record<string, string>>,
): Promise<number> {
  const body = Buffer.from(answer.body);
  writeHead(exchange, answer, framing ?? { 'content-length': String(body.length) });
  exchange.response.write(body.subarray(0, body.length / 2));
  await wait(20, undefined, { ref: false });
  end();
  return answer.status;
}

async function sendSlowly(
  exchange: Exchange,
  answer: Answer,
  bytesPerSecond: number,
): Promise<number> {
  const { response } = exchange;
  const body = Buffer.from(answer.body);
  writeHead(exchange, answer, { 'content-length': String(body.length) });
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await wait((step / bytesPerSecond) * 1000, undefined, { ref: false });
  }
  response.end();
  return answer.status;
}

/** Sends a body without a length or chunks, so that closing the connection ends the body. */
function sendHttp10(
  { response, request }: Exchange,
  { status, contentType, body }: Answer,
): number {
  const { socket } = request;
  response.detachSocket(socket);
  socket.end(`HTTP/1.0 ${status} OK\r\nContent-Type: ${contentType}\r\n\r\n${body}`);
  return status;
}

function sendRedirect({ response, request, headers, otherUrl }: Exchange): number {
  response.writeHead(302, { ...headers, location: `${otherUrl}${request.url ?? ''}` }).end();
  return 302;
}

function sendCutGzip(exchange: Exchange, answer: Answer): number {
  const compressed = gzipSync(answer.body);
  const cut = compressed.subarray(0, Math.floor(compressed.length / 2));
  writeHead(exchange, answer, { 'content-encoding': 'gzip', 'content-length': String(cut.length) });
  exchange.response.end(cut);
  return answer.status;
}
