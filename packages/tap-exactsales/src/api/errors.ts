import { ProgramError } from '@exact-spotter/singer';
import { failureReason, isUnreachable, type HttpResponse } from './http.ts';
import { isRetriableStatus, retryAfter } from './retry.ts';

/** What a fault of the API is about, for whoever catches it. */
interface Where {
  /** `GET /Leads`. */
  readonly request: string;
  readonly status?: number;
}

/** The API cannot be used by this run any longer: token refused, host not there. */
export class ApiFatalError extends ProgramError {
  override readonly name = 'ApiFatalError';
}

/** Trying again may help. Carries the wait that the API asked for, in milliseconds. */
export class ApiRetriableError extends ProgramError {
  override readonly name = 'ApiRetriableError';
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
  /** No answer in time: fewer rows may be answered sooner. */
  readonly isTimeout: boolean;
  /** The host was never reached. */
  readonly isUnreachable: boolean;

  constructor(
    { request, status }: Where,
    what: string,
    {
      retryAfter,
      isTimeout = false,
      isUnreachable = false,
      cause,
    }: {
      readonly retryAfter?: number | undefined;
      readonly isTimeout?: boolean;
      readonly isUnreachable?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(`${request} ${what}`, { cause });
    this.status = status;
    this.retryAfter = retryAfter;
    this.isTimeout = isTimeout;
    this.isUnreachable = isUnreachable;
  }
}

/** 400 or 501: the server does not take an option of the query. */
export class ApiRejectedError extends ProgramError {
  override readonly name = 'ApiRejectedError';

  constructor(request: string, status: number) {
    super(`${request} answered ${status}: the API refuses the query, also in its plainest form.`);
  }
}

/** This set cannot be read; the others can. */
export class ApiEndpointError extends ProgramError {
  override readonly name = 'ApiEndpointError';
}

/** True for what ends the reading of one set, and of no other. */
export function isEndpointError(fault: unknown): fault is ApiEndpointError | ApiRejectedError {
  return fault instanceof ApiEndpointError || fault instanceof ApiRejectedError;
}

/** 500, however often it was tried: the server may stumble over an option of the query. */
export class ApiBrokenError extends ApiEndpointError {}

/** No answer in time, however often it was tried. */
export class ApiTimeoutError extends ApiEndpointError {}

/** A request that got no whole answer. */
export function connectionError(
  request: string,
  cause: unknown,
  isTimeout: boolean,
  seconds: number,
): ApiRetriableError {
  const what = isTimeout
    ? `was not answered within ${seconds} seconds`
    : `failed: ${failureReason(cause)}`;
  return new ApiRetriableError({ request }, what, {
    isTimeout,
    isUnreachable: !isTimeout && isUnreachable(cause),
    cause,
  });
}

/** An answer that is not 200: what it means for this request, this set, or the run. */
export function statusError(request: string, answer: HttpResponse): Error {
  const { status } = answer;
  if (isRetriableStatus(status)) {
    const wait = retryAfter(answer.retryAfter, answer.date, Date.now());
    return new ApiRetriableError({ request, status }, `answered ${status}`, {
      retryAfter: wait,
      isTimeout: status === 504 || status === 408,
    });
  }
  // 501 is OData's own answer to an option that a service does not have.
  if (status === 400 || status === 501) return new ApiRejectedError(request, status);
  if (status === 401) {
    return new ApiFatalError(
      `${request} answered 401: the token is missing or wrong; endpoint api_token to the account's token (Configurações › Integrações › Token Exact API).`,
    );
  }
  return new ApiEndpointError(
    `${request} answered ${status}: ${SET_REASONS[status] ?? 'this is no answer that the API is known to give'}.`,
  );
}

const SET_REASONS: Readonly<Record<number, string>> = {
  403: 'the token may not read this; ask the account manager whether the module is part of your plan',
  404: 'this address does not exist; check api_url, or the account has no such module',
};

/** What a error means once there are no tries left. */
export function finalError(error: ApiRetriableError): Error {
  if (error.isUnreachable) {
    return new ApiFatalError(`${error.message}; check api_url and the connection.`, {
      cause: error,
    });
  }
  if (error.status === 429) {
    return new ApiFatalError(
      `${error.message}: other integrations spend the token's budget; lower quota_requests, or run at another hour.`,
      { cause: error },
    );
  }
  const message = `${error.message}, also when tried again; run again later.`;
  if (error.isTimeout) return new ApiTimeoutError(message, { cause: error });
  if (error.status === 500) return new ApiBrokenError(message, { cause: error });
  return new ApiEndpointError(message, { cause: error });
}
