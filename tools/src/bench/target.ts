import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../../packages/target-sqlite/bin/target-sqlite.js');

/** The command line of the built target, with its settings written into a folder. */
export function targetCommand(folder: string, settings: object = {}): readonly string[] {
  const config = join(folder, 'target.json');
  writeFileSync(config, JSON.stringify({ database: join(folder, 'data.sqlite'), ...settings }));
  return [bin, '--config', config];
}

export function targetVersionCommand(): readonly string[] {
  return [bin, '--version'];
}
