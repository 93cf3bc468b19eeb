import {
  ApiBrokenError,
  ApiFatalError,
  ApiRejectedError,
  ApiRetriableError,
  ApiSetError,
  ApiTimeoutError,
} from './errors.ts';
import { faultReason, isUnreachable, type HttpAnswer } from './http.ts';
import { isRetriableStatus, retryAfter } from './retry.ts';

/** A request that got no whole answer. */
export function connectionError(
  request: string,
  cause: unknown,
  isTimeout: boolean,
  seconds: number,
): ApiRetriableError {
  const what = isTimeout
    ? `was not answered within ${seconds} seconds`
    : `failed: ${faultReason(cause)}`;
  return new ApiRetriableError({ request }, what, {
    isTimeout,
    isUnreachable: !isTimeout && isUnreachable(cause),
    cause,
  });
}

/** An answer that is not 200: what it means for this request, this set, or the run. */
export function statusError(request: string, answer: HttpAnswer): Error {
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
      `${request} answered 401: the token is missing or wrong; set api_token to the account's token (Configurações › Integrações › Token Exact API).`,
    );
  }
  return new ApiSetError(
    `${request} answered ${status}: ${SET_REASONS[status] ?? 'this is no answer that the API is known to give'}.`,
  );
}

const SET_REASONS: Readonly<Record<number, string>> = {
  403: 'the token may not read this; ask the account manager whether the module is part of your plan',
  404: 'this address does not exist; check api_url, or the account has no such module',
};

/** What a fault means once there are no tries left. */
export function finalError(fault: ApiRetriableError): Error {
  if (fault.isUnreachable) {
    return new ApiFatalError(`${fault.message}; check api_url and the connection.`, {
      cause: fault,
    });
  }
  if (fault.status === 429) {
    return new ApiFatalError(
      `${fault.message}: other integrations spend the token's budget; lower quota_requests, or run at another hour.`,
      { cause: fault },
    );
  }
  const message = `${fault.message}, also when tried again; run again later.`;
  if (fault.isTimeout) return new ApiTimeoutError(message, { cause: fault });
  if (fault.status === 500) return new ApiBrokenError(message, { cause: fault });
  return new ApiSetError(message, { cause: fault });
}
