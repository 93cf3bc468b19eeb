import { chmodSync, globSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ended, start } from '@exact-spotter/testing';
import { expect, it } from 'vitest';
import { serveAccount, TOKEN } from './served-account.ts';
import { shellBlocks } from './shell-commands.ts';

/** Runs the commands of all pages that need no network, with a made-up account. */
const root = join(import.meta.dirname, '..', '..');
const MINUTES = 60_000;

/** The commands that are run here. Any other command must be in {@link ELSEWHERE}. */
const HERE =
  /^(?:(?:npx )?(?:tap-exactsales|target-sqlite)|some-tap|sqlite3|chmod|umask|set -o pipefail)\b/;

/** Why a block with another command is not run here. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^(?:sudo|curl|git|pip|npm|SEED=\d+ npm)\b/, 'installs, downloads or tests'],
  [/^npx node --(?:conditions|inspect-brk)\b/, 'runs from source, which most tests do'],
  [/^(?:export PATH|meltano)\b/, 'needs Meltano: see meltano.test.ts'],
];

const served = serveAccount({ seed: 17, leads: 15 });

const pages = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => name.startsWith('.') || ['node_modules', 'dist', 'demo'].includes(name),
}).map((page) => ({ page, blocks: shellBlocks(page) }));

it.each(pages.filter(({ blocks }) => blocks.some(isRunHere)))(
  'every command in $page that needs no network succeeds',
  async ({ blocks }) => {
    const folder = newFolder();
    await run(folder, 'tap-exactsales --config tap.json | target-sqlite --config target.json');
    for (const block of blocks.filter(isRunHere)) {
      const { code, stderr } = await run(folder, block);
      expect(code, `${block}\n${stderr}`).toBe(0);
      expect(stderr).not.toContain('CRITICAL');
    }
  },
  3 * MINUTES,
);

it('every command in the pages is run here, or is known not to be', () => {
  const unknown = pages.flatMap(({ page, blocks }) =>
    blocks
      .filter((block) => !isRunHere(block))
      .filter((block) => !linesOf(block).some((line) => ELSEWHERE.some(([is]) => is.test(line))))
      .map((block) => `${page}: ${block}`),
  );
  expect(unknown).toEqual([]);
  expect(pages.flatMap(({ blocks }) => blocks).filter(isRunHere).length).toBeGreaterThan(15);
});

function isRunHere(block: string): boolean {
  return linesOf(block).every((line) => HERE.test(line));
}

function linesOf(block: string): string[] {
  return block.split('\n').map((line) => line.trim());
}

/** Creates a folder with the two settings files, in which npx finds the programs. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  const write = (name: string, content: string): void => writeFileSync(join(folder, name), content);
  const quota = { quota_requests: 10_000, quota_seconds: 1 };
  const { url } = served.simulator;
  write('tap.json', JSON.stringify({ api_token: TOKEN, api_url: url, ...quota }));
  write('target.json', JSON.stringify({ database: 'exact.sqlite' }));
  write('package.json', '{}');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  write('some-tap', '#!/bin/sh\nexec tap-exactsales "$@"\n');
  // The machine may lack the sqlite3 program.
  write('sqlite3', '#!/bin/sh\nexec node "$(dirname "$0")/sqlite3.mjs" "$@"\n');
  write(
    'sqlite3.mjs',
    "import { DatabaseSync } from 'node:sqlite';\nnew DatabaseSync(process.argv[2]).exec(process.argv[3]);\n",
  );
  for (const name of ['some-tap', 'sqlite3']) chmodSync(join(folder, name), 0o755);
  return folder;
}

async function run(folder: string, block: string): ReturnType<typeof ended> {
  const PATH = [folder, join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const child = start('bash', ['-ec', block], { cwd: folder, env: { ...process.env, PATH } });
  return ended(child, '');
}
