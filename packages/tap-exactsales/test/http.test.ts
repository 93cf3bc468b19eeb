import { describe, expect, it } from 'vitest';
import { failureReason, isUnreachable } from '../src/api/http.ts';

/** What Node says of it may stand on the cause of another fault. */
function fault(code: string): Error {
  return new TypeError('failed', { cause: Object.assign(new Error('secret'), { code }) });
}

describe('a connection that fails', () => {
  it.each([
    ['ENOTFOUND', 'the host name is not known', true],
    ['ENETUNREACH', 'there is no way to the network', true],
    ['CERT_HAS_EXPIRED', 'the certificate of the host has expired', true],
    // A company that looks into encrypted traffic: no set fares better than another.
    ['SELF_SIGNED_CERT_IN_CHAIN', 'NODE_EXTRA_CA_CERTS', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NODE_EXTRA_CA_CERTS', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate belongs to another host', true],
    ['ECONNRESET', 'the connection was reset', false],
    ['UND_ERR_SOCKET', 'the connection broke off', false],
  ])('for %s says what became of it', (code, words, unreachable) => {
    expect(failureReason(fault(code))).toContain(words);
    expect(isUnreachable(fault(code))).toBe(unreachable);
  });

  it('is told without quoting what nobody knows', () => {
    expect(failureReason(new Error('secret'))).toBe('the connection failed');
  });
});
