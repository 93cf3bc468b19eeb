import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { VersionActions, type AfterAllProjectsVersioned } from 'nx/release';
import type { Manifest } from './manifest.ts';

type Tree = Parameters<VersionActions['updateProjectVersion']>[0];
type ProjectGraph = Parameters<VersionActions['updateProjectDependencies']>[1];

const DEPENDENCIES = 'dependencies';

/**
 * Lets `nx release` read and write versions in the package.json files, where our packages depend on
 * each other by exact version.
 */
class PackageVersions extends VersionActions {
  /** Updates the lock file and the generated texts, which also contain the versions. */
  static afterAllProjectsVersioned: AfterAllProjectsVersioned = (cwd, { dryRun }) => {
    const run = (command: string, ...args: string[]): string =>
      execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
    if (dryRun !== true) {
      run('npm', 'install', '--package-lock-only', '--ignore-scripts');
      run('npm', 'run', 'generate');
    }
    const changedFiles =
      dryRun === true ? [] : run('git', 'diff', '--name-only').trim().split('\n');
    return Promise.resolve({ changedFiles, deletedFiles: [] });
  };

  readonly validManifestFilenames = ['package.json'];

  readCurrentVersionFromSourceManifest(
    tree: Tree,
  ): Promise<{ currentVersion: string; manifestPath: string }> {
    const { version } = read(tree, this.#source);
    return Promise.resolve({ currentVersion: version, manifestPath: this.#source });
  }

  /** The version comes from the repository, never from a registry. */
  readCurrentVersionFromRegistry(): Promise<null> {
    return Promise.resolve(null);
  }

  readCurrentVersionOfDependency(
    tree: Tree,
    _graph: ProjectGraph,
    dependency: string,
  ): Promise<{ currentVersion: string | null; dependencyCollection: string | null }> {
    const version = dependencies(read(tree, this.#source))[dependency];
    return Promise.resolve({
      currentVersion: version ?? null,
      dependencyCollection: version === undefined ? null : DEPENDENCIES,
    });
  }

  updateProjectVersion(tree: Tree, version: string): Promise<string[]> {
    return this.#update(tree, (manifest) => ({ ...manifest, version }));
  }

  updateProjectDependencies(
    tree: Tree,
    _graph: ProjectGraph,
    versions: Record<string, string>,
  ): Promise<string[]> {
    return this.#update(tree, (manifest) => ({
      ...manifest,
      [DEPENDENCIES]: { ...dependencies(manifest), ...versions },
    }));
  }

  get #source(): string {
    return join(this.projectGraphNode.data.root, 'package.json');
  }

  #update(tree: Tree, change: (manifest: Manifest) => Manifest): Promise<string[]> {
    const paths = this.manifestsToUpdate.map(({ manifestPath }) => manifestPath);
    for (const path of paths) {
      tree.write(path, `${JSON.stringify(change(read(tree, path)), null, 2)}\n`);
    }
    return Promise.resolve(paths.map((path) => `Updated ${path}`));
  }
}

function read(tree: Tree, path: string): Manifest {
  return JSON.parse(tree.read(path, 'utf8') ?? '') as Manifest;
}

function dependencies(manifest: Manifest): Record<string, string> {
  return (manifest[DEPENDENCIES] ?? {}) as Record<string, string>;
}

// Nx loads the class with `require`.
export { PackageVersions as 'module.exports' };
