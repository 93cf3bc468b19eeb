import type { Output } from '@exact-spotter/singer';
import type { Db } from '../database/sqlite.ts';
import type { TargetSettings } from '../settings.ts';
import type { Wait } from './lock.ts';

/** The open database and the run that a session belongs to. */
export interface SessionContext {
  readonly db: Db;
  readonly settings: TargetSettings;
  readonly output: Output;
  readonly wait: Wait;
  /** The run's number in `_singer_runs`. */
  readonly run: number;
  readonly startedAt: Date;
  /** False to keep the children of a row when its record comes again. */
  readonly replacesChildren: boolean;
}
