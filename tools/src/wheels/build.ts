import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonTools } from '../python.ts';
import { parseManifest } from '../release/manifest.ts';
import { PLATFORMS, wheelName, type Platform } from './wheel-metadata.ts';
import { stage, stagePlatform, usesDriver } from './stage.ts';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '..', '..', '..');
const PROGRAMS = ['tap-exactsales', 'target-sqlite'] as const;

/**
 * Builds the wheels of both programs into `folder`.
 * @param platforms the platforms for the program with native code; the other program has one wheel
 * @returns the file names of the wheels
 * @throws Error if Python is missing
 */
export async function buildWheels(
  folder: string,
  platforms: readonly Platform[] = Object.keys(PLATFORMS) as Platform[],
): Promise<string[]> {
  const tools = await pythonTools('wheels');
  if ('missing' in tools) throw new Error(`The wheels cannot be built: ${tools.missing}.`);
  const python = join(tools.bin, 'python');
  mkdirSync(folder, { recursive: true });
  const built = [];
  for (const program of PROGRAMS) {
    built.push(...(await buildProgram(program, platforms, { python, folder })));
  }
  return built;
}

interface Packing {
  readonly python: string;
  readonly folder: string;
}

async function buildProgram(
  program: string,
  platforms: readonly Platform[],
  packing: Packing,
): Promise<string[]> {
  const manifest = parseManifest(
    readFileSync(join(root, 'packages', program, 'package.json'), 'utf8'),
  );
  const scratch = mkdtempSync(join(tmpdir(), 'wheel-'));
  try {
    const staged = await stage(program, manifest, scratch);
    if (!usesDriver(manifest)) {
      await pack(scratch, packing);
      return [wheelName(manifest, 'any')];
    }
    for (const platform of platforms) {
      stagePlatform(staged, platform);
      await pack(scratch, packing);
    }
    return platforms.map((platform) => wheelName(manifest, PLATFORMS[platform]));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function pack(staged: string, { python, folder }: Packing): Promise<void> {
  // A fixed date makes equal contents produce equal files.
  const env = { ...process.env, SOURCE_DATE_EPOCH: FIRST_DAY };
  await execute(python, ['-m', 'wheel', 'pack', staged, '--dest-dir', folder], { env });
}

/** 1980-01-01 in seconds: the first date that a zip file can hold. */
const FIRST_DAY = '315532800';
