import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** This package is not bundled, because it looks for its native file next to its own files. */
export const NATIVE = 'better-sqlite3';

const packages = join(import.meta.dirname, '..', '..', '..', 'packages');
/** Worker threads are started by file name, so each worker is a separate file in the bundle. */
const THREAD = '-thread.ts';

/**
 * Bundles the sources of a program and everything it imports into a few files in `folder`.
 * @returns the paths of the bundled modules
 */
export async function bundle(program: string, folder: string): Promise<readonly string[]> {
  const sources = join(packages, program, 'src');
  const bundled = await rolldown({
    input: [
      join(sources, 'main.ts'),
      ...threads(sources),
      ...threads(join(packages, 'singer', 'src')),
    ],
    platform: 'node',
    external: [NATIVE],
    resolve: { conditionNames: ['@exact-spotter/source', 'node', 'import', 'default'] },
  });
  try {
    // The bundle has no subfolders, because the programs look for package.json one folder up.
    const { output } = await bundled.write({
      dir: join(folder, 'dist'),
      format: 'esm',
      chunkFileNames: '[name].js',
      minify: { compress: true, mangle: false },
    });
    return output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  } finally {
    await bundled.close();
  }
}

function threads(sources: string): string[] {
  return readdirSync(sources, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith(THREAD))
    .map((name) => join(sources, name));
}
