import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { PipeRing, SLOT_BYTES } from './pipe-reader.ts';

// The thread that reads stdin, a pipe, into the ring. It waits without blocking, so that the program
// can terminate it at any time. Its name must end in -thread.ts: that is how the wheels find it.

const ring = new PipeRing(workerData as SharedArrayBuffer);

// Neither a paused socket nor waiting for a free slot would keep the thread alive.
const alive = setInterval(() => undefined, 2 ** 30);

const pipe = new Socket({
  fd: 0,
  readable: true,
  writable: false,
  onread: {
    buffer: Buffer.alloc(SLOT_BYTES),
    callback: (length, bytes) => {
      ring.put(bytes.subarray(0, length));
      // Pausing while the ring is full also leaves a slot for the end.
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
