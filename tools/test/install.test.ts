import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences } from '../src/oracle/compare.ts';
import { Pair } from './pair.ts';
import { parseManifest, type Manifest } from '../src/release/manifest.ts';
import { createAccount, startSimulator } from '@exact-spotter/simulator';
import { outputOf, start } from '@exact-spotter/testing';

const root = join(import.meta.dirname, '..', '..');
const tools = join(root, 'node_modules', '.bin');
const TOKEN = 'canary-token';
const MINUTES = 60_000;

/** The published packages, each of which is a folder under `packages/`. */
const PACKAGES = ['singer', 'stream-maps', 'schema', 'tap-exactsales', 'target-sqlite'] as const;

/** Every file in a package matches one of these patterns. */
const WANTED =
  /^(?:dist|bin)\/|^(?:package\.json|README\.md|STREAM-MAPS\.md|LICENSE|CHANGELOG\.md|plugin\.yml)$/;
const OF_THE_SCHEMA = /^(?:TABLES\.md|TABELAS\.md|dbt-sources\.yml|datasette-metadata\.yml)$/;

const folder = mkdtempSync(join(tmpdir(), 'install-'));
const home = join(folder, 'node_modules');
let tarballs: string[] = [];

beforeAll(async () => {
  tarballs = await packCopies(folder);
  writeFileSync(join(folder, 'package.json'), '{}');
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs];
  await outputOf('npm', args, { cwd: folder });
}, 2 * MINUTES);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(PACKAGES)('the package %s', (name) => {
  const tarball = (): string => tarballs[PACKAGES.indexOf(name)] ?? '';

  it('contains only the needed files', async () => {
    const list = await outputOf('tar', ['--list', '--file', tarball()]);
    const files = list
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''));
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md']));
    const unwanted = files.filter((file) => !WANTED.test(file) && !OF_THE_SCHEMA.test(file));
    expect(unwanted).toEqual([]);
    expect(files.filter((file) => /\.test\.|\/test\/|(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('refers only to files that it contains', () => {
    const installed = join(home, '@exact-spotter', name);
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest;
    const named = [manifest['exports'], manifest['imports'], manifest['bin']].flatMap(paths);
    expect(named).not.toEqual([]);
    expect(named.filter((path) => !existsSync(join(installed, path)))).toEqual([]);
    expect(manifest).not.toHaveProperty('scripts');
  });

  it('passes publint', async () => {
    await outputOf(join(tools, 'publint'), ['run', tarball(), '--strict']);
  });

  it('has types that every module resolution mode finds', async () => {
    await outputOf(join(tools, 'attw'), [tarball(), '--profile', 'esm-only', '--no-emoji']);
  });
});

describe('an installation by npm into an empty folder', () => {
  it('uses the packed copies of all packages', async () => {
    const json = await outputOf('npm', ['ls', '--json'], { cwd: folder });
    const { dependencies } = JSON.parse(json) as { dependencies: Record<string, unknown> };
    for (const name of PACKAGES) {
      expect(dependencies[`@exact-spotter/${name}`]).toMatchObject({
        resolved: expect.stringContaining('.tgz') as string,
      });
    }
  });

  it.each(['tap-exactsales', 'target-sqlite'])(
    '%s prints its version and its settings',
    async (name) => {
      const program = join(home, '.bin', name);
      expect(await outputOf(program, ['--version'])).toMatch(
        new RegExp(`^${name} \\d+\\.\\d+\\.\\d+\n$`),
      );
      const about = await outputOf(program, ['--about', '--format=json']);
      expect(JSON.parse(about)).toMatchObject({ name, settings: { type: 'object' } });
    },
  );

  it('copies an account with both programs', async () => {
    const account = createAccount({ seed: 3, leads: 20 });
    const simulator = await startSimulator({ account, token: TOKEN });
    const pair = new Pair({ api_token: TOKEN, api_url: simulator.url }, {}, (program, args) =>
      start(join(home, '.bin', program), args),
    );
    const { tap, target } = await pair.run();
    await simulator.stop();
    expect(tap.code, tap.stderr).toBe(0);
    expect(target.code, target.stderr).toBe(0);
    expect(differences(pair.database, account)).toEqual([]);
  });
});

describe('nx release', () => {
  it('updates the version of every package and every dependency on it', async () => {
    const args = ['release', '99.0.0', '--dry-run', '--skip-publish'];
    const report = await outputOf(join(tools, 'nx'), args, { cwd: root });
    const added = stripVTControlCharacters(report)
      .split('\n')
      .filter((line) => line.startsWith('+'));
    const released = [...PACKAGES.map((name) => join('packages', name)), 'tools'];
    const dependents = released.filter((path) => {
      const manifest = readFileSync(join(root, path, 'package.json'), 'utf8');
      return '@exact-spotter/singer' in (parseManifest(manifest)['dependencies'] as object);
    });
    const count = (text: string): number => added.filter((line) => line.includes(text)).length;
    expect(count('"version": "99.0.0"')).toBe(released.length);
    expect(count('"@exact-spotter/singer": "99.0.0"')).toBe(dependents.length);
  });
});

/** Returns every string in a part of a package.json that contains only paths. */
function paths(part: unknown): string[] {
  if (typeof part === 'string') return [part];
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(paths) : [];
}

/**
 * Packs every package from a copy of the repository under `folder`, because packing temporarily
 * replaces the package.json files, which other tests may be reading.
 * @returns the paths of the tarballs, in the order of {@link PACKAGES}
 */
async function packCopies(folder: string): Promise<string[]> {
  const copy = join(folder, 'copy');
  for (const part of ['LICENSE', 'CHANGELOG.md', join('tools', 'src', 'release')]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  for (const name of PACKAGES) {
    cpSync(join(root, 'packages', name), join(copy, 'packages', name), {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
  }
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const homes = PACKAGES.map((name) => `./packages/${name}`);
  await outputOf('npm', ['pack', ...homes, '--pack-destination', tarballs], { cwd: copy });
  return PACKAGES.map((name) => join(tarballs, tarballName(name)));
}

function tarballName(name: string): string {
  const text = readFileSync(join(root, 'packages', name, 'package.json'), 'utf8');
  return `exact-spotter-${name}-${parseManifest(text).version}.tgz`;
}
