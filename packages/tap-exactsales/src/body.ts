import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

/** Bytes of an answer at most, packed or not: a page of 500 rows has well under one MiB. */
export const LARGEST_BODY = 256 * 1024 * 1024;

/**
 * The text of a body. Some servers, and what stands between them and us, pack a body in another way
 * than was asked for.
 * @param encoding the `Content-Encoding` header: names in the order in which they were applied
 * @throws the fault of zlib, with its code, for a body that is cut short or garbled
 */
export async function bodyText(bytes: Buffer, encoding: string | undefined): Promise<string> {
  let plain = bytes;
  for (const name of (encoding ?? '').toLowerCase().split(',').toReversed()) {
    plain = (await UNPACK[name.trim()]?.(plain)) ?? plain;
  }
  const text = plain.toString('utf8');
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

const LIMIT = { maxOutputLength: LARGEST_BODY };
const [fromGzip, fromZlib, fromRaw, fromBrotli, fromZstd] = [
  promisify<Buffer, typeof LIMIT, Buffer>(gunzip),
  promisify<Buffer, typeof LIMIT, Buffer>(inflate),
  promisify<Buffer, typeof LIMIT, Buffer>(inflateRaw),
  promisify<Buffer, typeof LIMIT, Buffer>(brotliDecompress),
  promisify<Buffer, typeof LIMIT, Buffer>(zstdDecompress),
];

const UNPACK: Readonly<Partial<Record<string, (bytes: Buffer) => Promise<Buffer>>>> = {
  gzip: (bytes) => fromGzip(bytes, LIMIT),
  'x-gzip': (bytes) => fromGzip(bytes, LIMIT),
  // With zlib's header, as the standard has it, or without, as some servers do.
  deflate: (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? fromZlib : fromRaw)(bytes, LIMIT),
  br: (bytes) => fromBrotli(bytes, LIMIT),
  zstd: (bytes) => fromZstd(bytes, LIMIT),
};
