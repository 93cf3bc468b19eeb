/** The members of a package.json that packing reads. */
export interface Manifest {
  readonly [member: string]: unknown;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
}

/** The export condition that selects the sources, which are not packed. */
const SOURCE = '@exact-spotter/source';

/** The members that only the repository needs. */
const REPOSITORY_ONLY = new Set(['scripts', 'nx', 'devDependencies']);

/** Returns the package.json to publish, without the members that only the repository needs. */
export function publishedManifest(manifest: Manifest): Manifest {
  const { exports, imports } = manifest;
  return {
    ...without(manifest, (member) => REPOSITORY_ONLY.has(member)),
    ...(exports !== undefined && { exports: withoutSource(exports) }),
    ...(imports !== undefined && { imports: withoutSource(imports) }),
  };
}

/** Parses the text of a package.json. */
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
