import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import GithubSlugger from 'github-slugger';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const pages = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => name.startsWith('.') || ['node_modules', 'dist', 'demo'].includes(name),
});

it.each(pages)('every relative link in %s leads to a file or a heading', (page) => {
  const broken = relativeLinks(page).filter((link) => !leadsSomewhere(page, link));
  expect(broken).toEqual([]);
});

it('links are found in the pages', () => {
  expect(relativeLinks('README.md')).toEqual(expect.arrayContaining(['LICENSE', '#in-meltano']));
});

/** Reads a page without its code blocks, which may contain text that looks like a heading or link. */
function prose(path: string): string {
  return readFileSync(path, 'utf8').replaceAll(/^( *```).*?^\1/gms, '');
}

function relativeLinks(page: string): string[] {
  const links = prose(join(root, page))
    .replaceAll(/`[^`\n]+`/g, '')
    .matchAll(/\]\(([^)\s]+)\)/g);
  return Array.from(links, ([, link = '']) => link).filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = decodeURIComponent(link).split('#');
  const file = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchors(file).includes(anchor);
}

/** Returns the anchors that GitHub generates for the headings of a page. */
function anchors(path: string): string[] {
  const slugger = new GithubSlugger();
  const headings = prose(path).matchAll(/^#{1,6} (.+)$/gm);
  return Array.from(headings, ([, heading = '']) => slugger.slug(heading));
}
