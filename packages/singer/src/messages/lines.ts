import { InputError } from '../errors.ts';

/** One line of input, without its line end. `number` starts at 1; blank lines are counted. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

export interface ReadLinesOptions {
  /** The longest line to accept, in bytes (default: 256 MiB; V8 allows up to 512 MiB). */
  readonly maxBytes?: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const MIB = 1024 * 1024;
/** The smallest buffer for an incomplete line, in bytes. */
const LEAST_KEPT = 64 * 1024;
/** The largest buffer that is kept for the next line, in bytes. */
const MOST_KEPT = MIB;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Splits bytes into numbered lines and yields the lines of each chunk. Accepts a byte order mark,
 * CRLF and a missing last line end. Blank lines are counted, but not yielded.
 *
 * The bytes are split before they are decoded, because a single accented character would turn a
 * decoded chunk into a two-byte string, which takes five times as long to process.
 * @throws InputError if a line is longer than `maxBytes`
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  { maxBytes = 256 * MIB }: ReadLinesOptions = {},
): AsyncGenerator<readonly Line[]> {
  const splitter = new LineSplitter(maxBytes);
  for await (const chunk of source) {
    const lines = splitter.push(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

/** Splits chunks into lines like {@link readLines}, for callers that read the input themselves. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The beginning of a line whose end has not arrived yet. The buffer is reused. */
  #rest = Buffer.alloc(0);
  #restBytes = 0;
  #number = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws InputError if a line is too long */
  push(chunk: Uint8Array): Line[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#take(bytes, start, end, lines);
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return lines;
  }

  /** Returns the last line if the input ended without a line end. */
  end(): Line[] {
    const lines: Line[] = [];
    if (this.#restBytes > 0) this.#take(Buffer.alloc(0), 0, 0, lines);
    return lines;
  }

  #take(bytes: Buffer, start: number, end: number, lines: Line[]): void {
    this.#number += 1;
    this.#refuseLong(this.#restBytes + end - start);
    const text =
      this.#restBytes === 0 ? decode(bytes, start, end) : this.#join(bytes.subarray(start, end));
    const content = this.#number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    if (content.trim() !== '') lines.push({ number: this.#number, text: content });
  }

  #join(end: Buffer): string {
    this.#append(end);
    const text = decode(this.#rest, 0, this.#restBytes);
    this.#restBytes = 0;
    if (this.#rest.length > MOST_KEPT) this.#rest = Buffer.alloc(0);
    return text;
  }

  #keep(rest: Buffer): void {
    this.#append(rest);
    if (this.#restBytes > this.#maxBytes) {
      this.#number += 1;
      this.#refuseLong(this.#restBytes);
    }
  }

  /** Copies the bytes, because the reader may reuse the chunk's memory. */
  #append(bytes: Buffer): void {
    const length = this.#restBytes + bytes.length;
    if (length > this.#rest.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(LEAST_KEPT, 2 * length));
      this.#rest.copy(larger, 0, 0, this.#restBytes);
      this.#rest = larger;
    }
    bytes.copy(this.#rest, this.#restBytes);
    this.#restBytes = length;
  }

  #refuseLong(length: number): void {
    if (length <= this.#maxBytes) return;
    throw new InputError(
      `the line is longer than ${this.#maxBytes} bytes: raise the limit, or configure the tap to write smaller records.`,
      { line: this.#number },
    );
  }
}

function decode(bytes: Buffer, start: number, end: number): string {
  const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
  return bytes.toString('utf8', start, last);
}
