import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Fault } from '../behaviour/faults.ts';
import type { Answer } from './answer.ts';

interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** Where a redirect leads. */
  readonly otherUrl: string;
}

const HTML =
  '<!DOCTYPE html><html><head><title>Manutenção</title></head><body>Voltamos já.</body></html>';

/**
 * Sends an answer, well or with a fault.
 * @returns the status that went out; 0 where none did
 */
export async function send(sending: Sending, answer: Answer, fault?: Fault): Promise<number> {
  if (typeof fault === 'object') {
    if ('slowBody' in fault) return slowBody(sending, answer, fault.slowBody);
    return whole(sending, answer);
  }
  switch (fault) {
    case undefined:
    case 'emptyPage':
    case 'duplicateRows':
    case 'rowWithoutKey':
      return whole(sending, answer);
    case 'resetBeforeHeaders':
      sending.request.socket.resetAndDestroy();
      return 0;
    case 'headersNever':
      return 0;
    case 'resetMidBody':
      return half(sending, answer, () => sending.request.socket.resetAndDestroy());
    case 'chunkedWithoutEnd':
      return half(sending, answer, () => undefined, { 'transfer-encoding': 'chunked' });
    case 'truncatedJson':
      return whole(sending, { ...answer, body: answer.body.slice(0, answer.body.length / 2) });
    case 'html':
      return whole(sending, { ...answer, status: 200, body: HTML, contentType: 'text/html' });
    case 'wrongContentType':
      return whole(sending, { ...answer, contentType: 'text/html' });
    case 'http10':
      return http10(sending, answer);
    case 'redirect':
      return redirect(sending);
    case 'gzipCut':
      return gzipCut(sending, answer);
  }
}

function whole(sending: Sending, answer: Answer): number {
  const accepted = String(sending.request.headers['accept-encoding']).includes('gzip');
  const packed = sending.gzip && accepted && answer.body.length > 1000;
  const body = packed ? gzipSync(answer.body, { level: 1 }) : Buffer.from(answer.body);
  const encoding = packed ? { 'content-encoding': 'gzip' } : {};
  head(sending, answer, { ...encoding, 'content-length': String(body.length) });
  sending.response.end(body);
  return answer.status;
}

function head(
  { response, headers }: Sending,
  { status, contentType }: Answer,
  more: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...headers, 'content-type': contentType, ...more });
}

/** The first half of the body, then what is given. */
async function half(
  sending: Sending,
  answer: Answer,
  then: () => unknown,
  framing?: Readonly<Record<string, string>>,
): Promise<number> {
  const body = Buffer.from(answer.body);
  head(sending, answer, framing ?? { 'content-length': String(body.length) });
  sending.response.write(body.subarray(0, body.length / 2));
  await wait(20, undefined, { ref: false });
  then();
  return answer.status;
}

async function slowBody(sending: Sending, answer: Answer, bytesPerSecond: number): Promise<number> {
  const { response } = sending;
  const body = Buffer.from(answer.body);
  head(sending, answer, { 'content-length': String(body.length) });
  const step = Math.max(1, Math.floor(bytesPerSecond / 20));
  for (let at = 0; at < body.length && !response.destroyed; at += step) {
    response.write(body.subarray(at, at + step));
    await wait((step / bytesPerSecond) * 1000, undefined, { ref: false });
  }
  response.end();
  return answer.status;
}

/** No length, no chunks: the end of the connection is the end of the body. */
function http10({ response, request }: Sending, { status, contentType, body }: Answer): number {
  const { socket } = request;
  response.detachSocket(socket);
  socket.end(`HTTP/1.0 ${status} OK\r\nContent-Type: ${contentType}\r\n\r\n${body}`);
  return status;
}

function redirect({ response, request, headers, otherUrl }: Sending): number {
  response.writeHead(302, { ...headers, location: `${otherUrl}${request.url ?? ''}` }).end();
  return 302;
}

function gzipCut(sending: Sending, answer: Answer): number {
  const packed = gzipSync(answer.body);
  const cut = packed.subarray(0, Math.floor(packed.length / 2));
  head(sending, answer, { 'content-encoding': 'gzip', 'content-length': String(cut.length) });
  sending.response.end(cut);
  return answer.status;
}
