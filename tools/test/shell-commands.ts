import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Returns the text of each shell block in a page. */
export function shellBlocks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return Array.from(text.matchAll(/^( *)```sh\n(.*?)\n\1```$/gms), ([, , block = '']) => block);
}

/** Returns the words of each line in the shell blocks of a page, without quotes. */
export function shellCommands(page: string): string[][] {
  const lines = shellBlocks(page).flatMap((block) => block.trim().split('\n'));
  return lines.map((line) =>
    Array.from(line.matchAll(/'[^']*'|"[^"]*"|\S+/g), ([word]) =>
      word.replaceAll(/^['"]|['"]$/g, ''),
    ),
  );
}
