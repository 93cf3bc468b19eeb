/** A package.json, as far as packing looks into it. */
export interface Manifest {
  readonly [member: string]: unknown;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/** The condition under which the repository runs its packages from source, which is not packed. */
const SOURCE = '@exact-spotter/source';

/** What only the repository needs of a package.json. */
const OF_THE_REPOSITORY = new Set(['scripts', 'nx', 'devDependencies']);

/** The package.json that travels: without what the repository alone needs, sources included. */
export function publishedManifest(manifest: Manifest): Manifest {
  const { exports, imports } = manifest;
  return {
    ...without(manifest, (member) => OF_THE_REPOSITORY.has(member)),
    ...(exports !== undefined && { exports: withoutSource(exports) }),
    ...(imports !== undefined && { imports: withoutSource(imports) }),
  };
}

/** @param text of a package.json */
export function parseManifest(text: string): Manifest {
  return JSON.parse(text) as Manifest;
}

function withoutSource(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const kept = Object.entries(entry).filter(([condition]) => condition !== SOURCE);
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutSource(value)]));
}

function without(manifest: Manifest, unwanted: (member: string) => boolean): Manifest {
  return Object.fromEntries(
    Object.entries(manifest).filter(([member]) => !unwanted(member)),
  ) as Manifest;
}
