import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildWheels } from './build.ts';

/** Builds the wheels of both programs for every platform into `dist-wheels/`. */
const folder = join(import.meta.dirname, '..', '..', '..', 'dist-wheels');

rmSync(folder, { recursive: true, force: true });
for (const name of await buildWheels(folder)) process.stdout.write(`dist-wheels/${name}\n`);
