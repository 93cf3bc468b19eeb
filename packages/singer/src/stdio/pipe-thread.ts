import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { PipeRing, SLOT_BYTES } from './pipe-reader.ts';

// This thread reads a pipe on stdin into the ring. It waits without blocking, so that the program
// can terminate it at any time. The name of this file must end in -thread.ts, because the wheel
// build finds it by that ending.

const ring = new PipeRing(workerData as SharedArrayBuffer);

// A paused socket does not keep the thread alive, and waiting for a free slot does not either.
const alive = setInterval(() => undefined, 2 ** 30);

const pipe = new Socket({
  fd: 0,
  readable: true,
  writable: false,
  onread: {
    buffer: Buffer.alloc(SLOT_BYTES),
    callback: (length, bytes) => {
      ring.put(bytes.subarray(0, length));
      // Because reading pauses while the ring is full, a slot is free when the input ends.
      const free = ring.untilFree();
      if (free) void free.then(() => pipe.resume());
      return !free;
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
