import { batch } from './batch.ts';
import type { Figure } from './figure.ts';
import { tapMemory } from './tap-memory.ts';
import { tapPipe } from './tap-pipe.ts';
import { tapQuota } from './tap-quota.ts';
import { tapRequests } from './tap-requests.ts';
import { tapStart } from './tap-start.ts';
import { targetChildren } from './target-children.ts';
import { targetLatency } from './target-latency.ts';
import { targetLeads } from './target-leads.ts';
import { targetMemory } from './target-memory.ts';
import { targetPeers } from './target-peers.ts';
import { targetStart } from './target-start.ts';

/** All that is measured, in the order of measuring. */
export const figures: readonly Figure[] = [
  tapStart,
  tapRequests,
  tapQuota,
  tapPipe,
  batch,
  tapMemory,
  targetStart,
  targetLeads,
  targetPeers,
  targetChildren,
  targetLatency,
  targetMemory,
];
