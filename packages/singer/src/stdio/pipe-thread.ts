import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { PipeRing, SLOT_BYTES } from './pipe-reader.ts';

/**
 * A thread of its own that reads the standard input, a pipe, into the ring. It waits for bytes
 * without blocking, so that the program can end at any time.
 */
const ring = new PipeRing(workerData as SharedArrayBuffer);

// Neither a pipe that is not read for now nor the wait for room keeps a thread alive.
const alive = setInterval(() => undefined, 2 ** 30);

const pipe = new Socket({
  fd: 0,
  readable: true,
  writable: false,
  onread: {
    buffer: Buffer.alloc(SLOT_BYTES),
    callback: (length, bytes) => {
      ring.put(bytes.subarray(0, length));
      // While the ring is full no more is read, and so the end has room too.
      const room = ring.room();
      if (room) void room.then(() => pipe.resume());
      return !room;
    },
  },
});

pipe.on('end', () => {
  ring.end();
  clearInterval(alive);
});
pipe.on('error', () => {
  ring.fail();
  clearInterval(alive);
});
