import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './bench/figure.ts';

/**
 * The benchmarks: every figure of `bench/figures/`, one file each, or those whose names are given.
 * A figure is a ratio of things that are measured in the same run, one after the other in turn, so
 * that another machine, or a busy one, gives much the same. Works on the built programs.
 */
const folder = join(import.meta.dirname, 'bench', 'figures');
const wanted = process.argv.slice(2);
const names = readdirSync(folder)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

for (const name of names) {
  const { figure } = (await import(join(folder, `${name}.ts`))) as { figure: Figure };
  say(`${name}: ${figure.title}\n`);
  for (const { what, value, reach, note } of await figure.measure()) {
    const goal = reach === undefined ? '' : `  (reach ${reach})`;
    say(`  ${what.padEnd(44)}${value}${goal}${note === undefined ? '' : `  ${note}`}\n`);
  }
}

function say(text: string): void {
  process.stdout.write(text);
}
