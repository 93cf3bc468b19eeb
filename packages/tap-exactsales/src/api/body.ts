import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';
import { markedEncoding } from '@exact-spotter/singer';

/** Maximum size of a body in bytes, compressed or not. A page of 500 rows is smaller than 1 MiB. */
export const LARGEST_BODY = 256 * 1024 * 1024;

/** A body that is not text in the encoding that the response names. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}

/**
 * Decompresses and decodes a body. Some servers and proxies use a compression that was not
 * requested.
 * @param contentEncoding the `Content-Encoding` header, which names the encodings in the order in
 * which they were applied
 * @param contentType the `Content-Type` header, which may name a charset
 * @throws zlib's error for a body that is truncated or corrupt; BodyError if its bytes are not valid
 * in its charset
 */
export async function bodyText(
  bytes: Buffer,
  contentEncoding: string,
  contentType: string,
): Promise<string> {
  let plain = bytes;
  for (const name of contentEncoding.toLowerCase().split(',').toReversed()) {
    plain = (await DECOMPRESS[name.trim()]?.(plain)) ?? plain;
  }
  return decode(plain, contentType);
}

/**
 * Decodes text. A byte order mark overrides the charset, as in browsers, and is removed. Bytes that
 * are not valid are an error, because replacing them would change values without a message.
 */
function decode(bytes: Buffer, contentType: string): string {
  const charset = charsetOf(bytes, contentType);
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw new BodyError(`the response has the unknown charset "${printable(charset)}"`, { cause });
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new BodyError(`the response is not valid ${decoder.encoding.toUpperCase()}`, { cause });
  }
}

function charsetOf(bytes: Buffer, contentType: string): string {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^;\s]+))/i.exec(contentType) ?? [];
  const named = (quoted ?? plain ?? '').trim();
  return markedEncoding(bytes) ?? (named === '' ? 'utf-8' : named);
}

function printable(charset: string): string {
  return charset.replaceAll(/[^\w.:+-]/g, '?').slice(0, 40);
}

const LIMIT = { maxOutputLength: LARGEST_BODY };
const [fromGzip, fromZlib, fromRaw, fromBrotli, fromZstd] = [
  promisify<Buffer, typeof LIMIT, Buffer>(gunzip),
  promisify<Buffer, typeof LIMIT, Buffer>(inflate),
  promisify<Buffer, typeof LIMIT, Buffer>(inflateRaw),
  promisify<Buffer, typeof LIMIT, Buffer>(brotliDecompress),
  promisify<Buffer, typeof LIMIT, Buffer>(zstdDecompress),
];

const DECOMPRESS: Readonly<Partial<Record<string, (bytes: Buffer) => Promise<Buffer>>>> = {
  gzip: (bytes) => fromGzip(bytes, LIMIT),
  'x-gzip': (bytes) => fromGzip(bytes, LIMIT),
  // The standard requires zlib's header, but some servers omit it.
  deflate: (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? fromZlib : fromRaw)(bytes, LIMIT),
  br: (bytes) => fromBrotli(bytes, LIMIT),
  zstd: (bytes) => fromZstd(bytes, LIMIT),
};
