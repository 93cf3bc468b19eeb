import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** What is not bundled: it finds its native part beside its own files. */
export const NATIVE = 'better-sqlite3';

/**
 * Puts a program and all that it imports into a few files in `folder`, from the sources.
 * @param entry path of its `main.ts`
 * @returns the paths of the modules that went in
 */
export async function bundle(entry: string, folder: string): Promise<readonly string[]> {
  const bundled = await rolldown({
    input: { main: entry },
    platform: 'node',
    external: [NATIVE],
    resolve: { conditionNames: ['@exact-spotter/source', 'node', 'import', 'default'] },
  });
  try {
    // Flat, because the programs look for their package.json one folder up.
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
