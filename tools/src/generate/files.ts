import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { DerivedText } from './derived-texts.ts';

const repository = join(import.meta.dirname, '..', '..', '..');

/**
 * Writes every derived text into its file under `root`, formatted with Prettier.
 * @returns one sentence per page that lacks its markers
 */
export async function writeDerived(root: string, texts: readonly DerivedText[]): Promise<string[]> {
  const { files, problems } = await generated(root, texts);
  for (const [path, text] of files) await writeFile(join(root, path), text);
  return problems;
}

/**
 * @returns one sentence per file under `root` that {@link writeDerived} would change or cannot
 * write
 */
export async function checkDerived(root: string, texts: readonly DerivedText[]): Promise<string[]> {
  const { files, problems } = await generated(root, texts);
  for (const [path, text] of files) {
    if ((await current(root, path)) !== text) {
      problems.push(`${path} is out of date: run npm run generate.`);
    }
  }
  return problems;
}

/** Returns the complete content of each file, keyed by path. */
async function generated(
  root: string,
  texts: readonly DerivedText[],
): Promise<{ files: Map<string, string>; problems: string[] }> {
  const files = new Map<string, string>();
  const problems: string[] = [];
  for (const { path, marker, text } of texts) {
    const whole =
      marker === undefined
        ? text
        : putBetweenMarkers(files.get(path) ?? (await current(root, path)), marker, text);
    if (whole === undefined) {
      problems.push(
        `${path} has no markers for ${marker}: add <!-- generated: ${marker} --> and <!-- /generated -->.`,
      );
    } else {
      files.set(path, await formatted(path, whole));
    }
  }
  return { files, problems };
}

async function formatted(path: string, text: string): Promise<string> {
  const filepath = join(repository, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

/** Returns the content of a file, or an empty string if it does not exist. */
async function current(root: string, path: string): Promise<string> {
  const file = join(root, path);
  return existsSync(file) ? readFile(file, 'utf8') : '';
}

/**
 * Replaces the text between `<!-- generated: NAME -->` and the next `<!-- /generated -->`.
 * @returns undefined if the page lacks these markers
 */
function putBetweenMarkers(page: string, name: string, text: string): string | undefined {
  const opening = `<!-- generated: ${name} -->`;
  const closing = '<!-- /generated -->';
  const start = page.indexOf(opening);
  const end = page.indexOf(closing, start);
  if (start < 0 || end < 0) return undefined;
  return `${page.slice(0, start + opening.length)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}
