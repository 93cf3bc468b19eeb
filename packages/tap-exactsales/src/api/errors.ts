import { ProgramError } from '@exact-spotter/singer';
import { failureReason, isFirstHostAtFault, isUnreachable, type HttpResponse } from './http.ts';
import type { Proxy } from './proxy.ts';
import { isRetriableStatus, parseRetryAfter } from './retry.ts';

/**
 * No request in this run can succeed, e.g. because the token is rejected or the host is
 * unreachable.
 */
class ApiFatalError extends ProgramError {
  override readonly name = 'ApiFatalError';
}

/** A request failed, but a retry may succeed. */
export class ApiRetriableError extends ProgramError {
  override readonly name = 'ApiRetriableError';
  readonly status: number | undefined;
  /** The wait that the API asked for, in milliseconds. */
  readonly retryAfter: number | undefined;
  /** True if the request timed out. A request for fewer rows may succeed. */
  readonly isTimeout: boolean;
  /** True if the host was never reached. */
  readonly isUnreachable: boolean;
  /** What to check if the host was never reached. */
  readonly toCheck: string;

  constructor(
    message: string,
    {
      status,
      retryAfter,
      isTimeout = false,
      isUnreachable = false,
      toCheck = 'api_url',
      cause,
    }: {
      readonly status?: number;
      readonly retryAfter?: number | undefined;
      readonly isTimeout?: boolean;
      readonly isUnreachable?: boolean;
      readonly toCheck?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.retryAfter = retryAfter;
    this.isTimeout = isTimeout;
    this.isUnreachable = isUnreachable;
    this.toCheck = toCheck;
  }
}

/** The server answered 400 or 501 because it does not accept a query option. */
export class ApiRejectedError extends ProgramError {
  override readonly name = 'ApiRejectedError';

  constructor(request: string, status: number) {
    super(`${request} answered ${status}: the API rejects the query, even in its simplest form.`);
  }
}

/** This endpoint cannot be read, but other endpoints can. */
export class ApiEndpointError extends ProgramError {
  override readonly name = 'ApiEndpointError';
}

/** The server answered 404 because the endpoint does not exist under this path. */
export class ApiMissingError extends ApiEndpointError {}

/** A 500 that persisted despite retries. A query option may be the cause. */
export class ApiBrokenError extends ApiEndpointError {}

/** A timeout that was not retried, or that persisted despite retries. */
export class ApiTimeoutError extends ApiEndpointError {}

/** True if an error affects only one endpoint. */
export function isEndpointError(error: unknown): error is ApiEndpointError | ApiRejectedError {
  return error instanceof ApiEndpointError || error instanceof ApiRejectedError;
}

/** The way to the API. */
export interface Route {
  /** The API's `host:port`. */
  readonly host: string;
  readonly proxy: Proxy | undefined;
}

/**
 * Returns the error for a request that received no complete response.
 * @param request e.g. `GET /Leads`
 * @param timeout the timeout in seconds if that ended the request
 */
export function connectionError(
  request: string,
  { host, proxy }: Route,
  cause: unknown,
  timeout: number | undefined,
): ApiRetriableError {
  const isTimeout = timeout !== undefined;
  const where = proxy && `the proxy ${proxy.host}`;
  const isAtProxy = !isTimeout && isFirstHostAtFault(cause);
  const way = `${request} to ${host}${where && !isAtProxy ? ` through ${where}` : ''}`;
  const failed = `failed${where && isAtProxy ? ` at ${where}` : ''}: ${failureReason(cause)}`;
  return new ApiRetriableError(`${way} ${isTimeout ? `timed out after ${timeout} s` : failed}`, {
    isTimeout,
    isUnreachable: !isTimeout && isUnreachable(cause),
    ...(proxy && { toCheck: `${proxy.variable}, api_url` }),
    cause,
  });
}

/**
 * Returns the error for a status other than 200. Its class says whether it affects the request, the
 * endpoint or the whole run.
 */
export function statusError(request: string, response: HttpResponse): Error {
  const { status } = response;
  const answered = `${request} answered ${status}`;
  if (isRetriableStatus(status)) {
    return new ApiRetriableError(answered, {
      status,
      retryAfter: parseRetryAfter(response.retryAfterHeader, response.date, Date.now()),
      isTimeout: status === 504 || status === 408,
    });
  }
  // An OData service answers 501 if it does not support an option.
  if (status === 400 || status === 501) return new ApiRejectedError(request, status);
  if (status === 401) {
    return new ApiFatalError(
      `${answered}: the token is missing or wrong; set api_token to the account's token (Configurações › Integrações › Token Exact API).`,
    );
  }
  const EndpointError = status === 404 ? ApiMissingError : ApiEndpointError;
  return new EndpointError(
    `${answered}: ${ENDPOINT_REASONS[status] ?? 'the API is not known to return this status'}.`,
  );
}

const ENDPOINT_REASONS: Readonly<Record<number, string>> = {
  403: 'the token does not have access; ask your account manager whether the module is part of your plan',
  404: 'this URL does not exist; check api_url, or ask whether the account has this module',
};

/**
 * Returns the error to throw if the request is not sent again.
 * @param retries how often the request has been retried
 */
export function finalError(error: ApiRetriableError, retries: number): Error {
  if (error.isUnreachable) {
    return new ApiFatalError(`${error.message}; check ${error.toCheck} and the connection.`, {
      cause: error,
    });
  }
  if (error.status === 429) {
    return new ApiFatalError(
      `${error.message}: other integrations use up the token's rate limit; lower quota_requests, or run at another time.`,
      { cause: error },
    );
  }
  const message = `${error.message}${retries > 0 ? ', even after retries' : ''}; run again later.`;
  if (error.isTimeout) return new ApiTimeoutError(message, { cause: error });
  if (error.status === 500) return new ApiBrokenError(message, { cause: error });
  return new ApiEndpointError(message, { cause: error });
}
