import { describe, expect, it } from 'vitest';
import { failureReason, isUnreachable } from '../src/api/http.ts';

/** Returns an error whose cause has the code, as some of Node's errors do. */
function failure(code: string): Error {
  return new TypeError('failed', { cause: Object.assign(new Error('secret'), { code }) });
}

describe('a failed connection', () => {
  it.each([
    ['ENOTFOUND', 'the host name is unknown', true],
    ['ENETUNREACH', 'there is no route to the network', true],
    ['CERT_HAS_EXPIRED', 'the certificate of the host has expired', true],
    // If a company proxy decrypts traffic, every endpoint fails in the same way.
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate belongs to another host', true],
    ['ECONNRESET', 'the connection was reset', false],
    ['UND_ERR_SOCKET', 'the connection was closed', false],
  ])('is described by its code %s', (code, words, unreachable) => {
    expect(failureReason(failure(code))).toContain(words);
    expect(isUnreachable(failure(code))).toBe(unreachable);
  });

  it('is described without quoting an unknown message', () => {
    expect(failureReason(new Error('secret'))).toBe('the connection failed');
  });
});
