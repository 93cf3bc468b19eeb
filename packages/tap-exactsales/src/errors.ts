import { ProgramError } from '@exact-spotter/singer';

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
export class ApiSetError extends ProgramError {
  override readonly name = 'ApiSetError';
}

/** True for what ends the reading of one set, and of no other. */
export function isSetFault(fault: unknown): fault is ApiSetError | ApiRejectedError {
  return fault instanceof ApiSetError || fault instanceof ApiRejectedError;
}

/** 500, however often it was tried: the server may stumble over an option of the query. */
export class ApiBrokenError extends ApiSetError {}

/** No answer in time, however often it was tried. */
export class ApiTimeoutError extends ApiSetError {}
