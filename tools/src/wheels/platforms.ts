/**
 * Each prebuilt file of better-sqlite3, and the tag of the wheel that carries it: the stricter of
 * what that file asks of the system and what Node's own wheel does.
 */
export const PLATFORMS = {
  // glibc 2.34 by the symbols that the file names.
  'linux-x64': 'manylinux_2_34_x86_64',
  'linux-arm64': 'manylinux_2_34_aarch64',
  'linuxmusl-x64': 'musllinux_1_2_x86_64',
  'linuxmusl-arm64': 'musllinux_1_2_aarch64',
  // Node's wheel begins with macOS 13.
  'darwin-x64': 'macosx_13_0_x86_64',
  'darwin-arm64': 'macosx_13_0_arm64',
  'win32-x64': 'win_amd64',
  'win32-arm64': 'win_arm64',
} as const satisfies Readonly<Record<string, string>>;

export type Platform = keyof typeof PLATFORMS;
