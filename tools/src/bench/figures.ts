import type { Figure } from './figure.ts';
import { tapMemory } from './tap-memory.ts';
import { tapPipe } from './tap-pipe.ts';
import { tapQuota } from './tap-quota.ts';
import { tapRequests } from './tap-requests.ts';
import { tapStart } from './tap-start.ts';

/** All that is measured, in the order of measuring. */
export const figures: readonly Figure[] = [tapStart, tapRequests, tapQuota, tapPipe, tapMemory];
