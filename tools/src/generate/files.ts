import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { DerivedText } from './derived-texts.ts';

const repository = join(import.meta.dirname, '..', '..', '..');

/**
 * Writes every derived text into the files under `root`, formatted as the format check wants it.
 * @returns a sentence for each text that has no place: a page without its markers
 */
export async function writeDerived(root: string, texts: readonly DerivedText[]): Promise<string[]> {
  const { files, faults } = await wanted(root, texts);
  for (const [path, text] of files) await writeFile(join(root, path), text);
  return faults;
}

/** @returns a sentence for each file under `root` that is not what {@link writeDerived} would write */
export async function checkDerived(root: string, texts: readonly DerivedText[]): Promise<string[]> {
  const { files, faults } = await wanted(root, texts);
  for (const [path, text] of files) {
    if ((await current(root, path)) !== text) {
      faults.push(`${path} differs from what is generated: run npm run generate.`);
    }
  }
  return faults;
}

/** The whole text of each file, by its path. */
async function wanted(
  root: string,
  texts: readonly DerivedText[],
): Promise<{ files: Map<string, string>; faults: string[] }> {
  const files = new Map<string, string>();
  const faults: string[] = [];
  for (const { path, marker, text } of texts) {
    const whole =
      marker === undefined
        ? text
        : putBetweenMarkers(files.get(path) ?? (await current(root, path)), marker, text);
    if (whole === undefined) {
      faults.push(`${path} has no place for ${marker}: put <!-- generated: ${marker} --> there.`);
    } else {
      files.set(path, await formatted(path, whole));
    }
  }
  return { files, faults };
}

async function formatted(path: string, text: string): Promise<string> {
  const filepath = join(repository, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

/** A file that is not there counts as empty. */
async function current(root: string, path: string): Promise<string> {
  const file = join(root, path);
  return existsSync(file) ? readFile(file, 'utf8') : '';
}

/**
 * Puts a text between `<!-- generated: NAME -->` and the next `<!-- /generated -->`.
 * @returns undefined where the page has no such place
 */
function putBetweenMarkers(page: string, name: string, text: string): string | undefined {
  const opening = `<!-- generated: ${name} -->`;
  const closing = '<!-- /generated -->';
  const start = page.indexOf(opening);
  const end = page.indexOf(closing, start);
  if (start < 0 || end < 0) return undefined;
  return `${page.slice(0, start + opening.length)}\n\n${text.trim()}\n\n${page.slice(end)}`;
}
