import { hostname } from 'node:os';
import type { Db } from '../database/sqlite.ts';
import { LAYOUT } from './layout.ts';

/** How a run ended. `killed` means that its process ended without recording an outcome. */
export type Outcome = 'running' | 'done' | 'stopped' | 'failed' | 'killed';

export interface Progress {
  /** Stream → committed rows. */
  readonly rows: ReadonlyMap<string, number>;
  readonly bytes: number;
}

/** Records the start of a run. Joins the open transaction. @returns the run's number */
export function beginRun(db: Db, stateId: string, startedAt: Date): number {
  endDeadRuns(db);
  const { lastInsertRowid } = db
    .prepare(
      `INSERT INTO _singer_runs (state_id, started_at, outcome, rows, bytes, process, host, layout)
       VALUES (?, ?, 'running', '{}', 0, ?, ?, ?)`,
    )
    .run(stateId, startedAt.toISOString(), process.pid, hostname(), LAYOUT);
  return Number(lastInsertRowid);
}

/** Marks runs as killed if their process no longer exists. Only processes on this machine can be checked. */
function endDeadRuns(db: Db): void {
  for (const { run, process: pid } of runningHere(db)) {
    if (isAlive(pid)) continue;
    db.prepare(`UPDATE _singer_runs SET outcome = 'killed' WHERE run = ?`).run(run);
  }
}

interface RunningRow {
  readonly run: number;
  readonly process: number;
  readonly started_at: string;
}

function runningHere(db: Db): RunningRow[] {
  return db
    .prepare<[string], RunningRow>(
      `SELECT run, process, started_at FROM _singer_runs
       WHERE outcome = 'running' AND host = ? ORDER BY run DESC`,
    )
    .all(hostname());
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Describes another target-sqlite process that is writing to the database. @returns undefined if there is none */
export function otherWriter(db: Db): string | undefined {
  const other = runningHere(db).find(({ process: pid }) => pid !== process.pid && isAlive(pid));
  return other && `target-sqlite (process ${other.process}, running since ${other.started_at})`;
}

/**
 * @returns a function that saves the row and byte counts in the same transaction as the counted
 * rows
 */
export function progressWriter(db: Db, run: number): (progress: Progress) => void {
  const statement = db.prepare('UPDATE _singer_runs SET rows = ?, bytes = ? WHERE run = ?');
  return ({ rows, bytes }) => {
    statement.run(JSON.stringify(Object.fromEntries(rows)), bytes, run);
  };
}

export interface RunEnd {
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly startedAt: Date;
}

export function endRun(db: Db, run: number, { outcome, reason, startedAt }: RunEnd): void {
  const now = new Date();
  db.prepare(
    'UPDATE _singer_runs SET outcome = ?, reason = ?, ended_at = ?, seconds = ? WHERE run = ?',
  ).run(
    outcome,
    reason ?? null,
    now.toISOString(),
    (now.getTime() - startedAt.getTime()) / 1000,
    run,
  );
}

export interface RunRow {
  readonly run: number;
  readonly state_id: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly seconds: number | null;
  readonly outcome: Outcome;
  readonly reason: string | null;
  /** Stream → rows. */
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
}

/** Reads all runs, from the oldest to the latest. */
export function listRuns(db: Db): RunRow[] {
  return db
    .prepare<[], Omit<RunRow, 'rows'> & { readonly rows: string }>(
      `SELECT run, state_id, started_at, ended_at, seconds, outcome, reason, rows, bytes
       FROM _singer_runs ORDER BY run`,
    )
    .all()
    .map((run) => ({ ...run, rows: JSON.parse(run.rows) as Record<string, number> }));
}
