import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Manifest } from '../release/manifest.ts';
import { bundle, NATIVE } from './bundle.ts';
import {
  distributionName,
  entryPoints,
  metadata,
  moduleName,
  PLATFORMS,
  wheelFile,
  type Platform,
} from './wheel-metadata.ts';
import { notices } from './notices.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const driver = dirname(createRequire(import.meta.url).resolve(`${NATIVE}/package.json`));

/** The folders of a program and of its wheel metadata, in a folder for `wheel pack`. */
export interface Stage {
  /** The program's folder, which has the layout of its npm package. */
  readonly program: string;
  readonly distInfo: string;
}

/** Lays out a program's wheel in `folder`, without the platform-dependent files. */
export async function stage(program: string, manifest: Manifest, folder: string): Promise<Stage> {
  const home = join(root, 'packages', program);
  const python = join(folder, moduleName(manifest));
  const distInfo = join(folder, `${moduleName(manifest)}-${manifest.version}.dist-info`);
  const staged = { program: join(python, 'program'), distInfo };
  mkdirSync(join(distInfo, 'licenses'), { recursive: true });
  const modules = await bundle(program, staged.program);
  cpSync(join(home, 'bin'), join(staged.program, 'bin'), { recursive: true });
  write(staged.program, 'package.json', programManifest(program, manifest));
  write(python, '__init__.py', '');
  cpSync(join(import.meta.dirname, 'launcher.py'), join(python, 'launcher.py'));
  write(distInfo, 'METADATA', metadata(manifest, readFileSync(join(home, 'README.md'), 'utf8')));
  write(distInfo, 'entry_points.txt', entryPoints(program, manifest));
  cpSync(join(root, 'LICENSE'), join(distInfo, 'licenses', 'LICENSE'));
  const carried = usesDriver(manifest) ? [...modules, ...driverParts()] : modules;
  write(join(distInfo, 'licenses'), 'THIRD-PARTY-LICENSES', notices(carried));
  write(distInfo, 'WHEEL', wheelFile('any'));
  return staged;
}

/** Adds the driver with its native file for one platform. */
export function stagePlatform({ program, distInfo }: Stage, platform: Platform): void {
  const folder = join(program, 'node_modules', NATIVE);
  rmSync(folder, { recursive: true, force: true });
  for (const part of ['package.json', 'lib', join('prebuilds', `${platform}.node`)]) {
    cpSync(join(driver, part), join(folder, part), { recursive: true });
  }
  write(distInfo, 'WHEEL', wheelFile(PLATFORMS[platform]));
}

/** Returns the driver and the packages whose headers its native file was compiled with. */
function driverParts(): string[] {
  const own = join(driver, 'package.json');
  const { dependencies = {} } = JSON.parse(readFileSync(own, 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const require = createRequire(own);
  return [own, ...Object.keys(dependencies).map((name) => require.resolve(`${name}/package.json`))];
}

export function usesDriver({ dependencies }: Manifest): boolean {
  return typeof dependencies === 'object' && dependencies !== null && NATIVE in dependencies;
}

/** Returns the package.json that lets Node start the bundled program by its folder. */
function programManifest(program: string, manifest: Manifest): string {
  const { version, license } = manifest;
  const described = {
    name: distributionName(manifest),
    ...{ version, license, type: 'module', main: `bin/${program}.js` },
    imports: { '#main': './dist/main.js' },
  };
  return `${JSON.stringify(described, null, 2)}\n`;
}

function write(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}
