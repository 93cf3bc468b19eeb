import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) =>
    ruleId === 'import-x/no-cycle' ||
    ruleId.startsWith('regexp/') ||
    /^no-restricted-(?:imports|syntax|globals|properties)$/.test(ruleId),
  // These rules do not need types, and without types the linted paths need not exist.
  overrideConfig: {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: null } },
  },
});

/** Returns the linter's messages for a file with the given text. */
async function lint(file: string, text: string): Promise<string[]> {
  const results = await eslint.lintText(text, { filePath: join(root, file) });
  // ESLint puts its own words before our message.
  const own = /^'.+' (?:import )?is restricted from being used(?: by a pattern)?\. /;
  return results.flatMap(({ messages }) => messages.map(({ message }) => message.replace(own, '')));
}

/** The folder of each package and the packages that it may import. */
const PACKAGES: Readonly<Record<string, { folder: string; imports: readonly string[] }>> = {
  singer: { folder: 'packages/singer', imports: [] },
  'stream-maps': { folder: 'packages/stream-maps', imports: ['singer'] },
  schema: { folder: 'packages/schema', imports: ['singer'] },
  'tap-exactsales': {
    folder: 'packages/tap-exactsales',
    imports: ['singer', 'stream-maps', 'schema'],
  },
  'target-sqlite': { folder: 'packages/target-sqlite', imports: ['singer', 'stream-maps'] },
  testing: { folder: 'tools/testing', imports: [] },
  simulator: { folder: 'tools/simulator', imports: [] },
  tools: {
    folder: 'tools',
    imports: [
      ...['singer', 'stream-maps', 'schema', 'tap-exactsales', 'target-sqlite'],
      ...['testing', 'simulator'],
    ],
  },
};

const pairs = Object.entries(PACKAGES).flatMap(([name, { folder, imports }]) =>
  Object.keys(PACKAGES)
    .filter((other) => other !== name)
    .map((other) => ({ name, folder, other, isAllowed: imports.includes(other) })),
);

/** A file that must not touch the network, the database or the standard streams. */
const TAP = 'packages/tap-exactsales/src/sync.ts';
const TARGET = 'packages/target-sqlite/src/load.ts';
const SINGER = 'packages/singer/src/messages/messages.ts';
const STREAMS = 'packages/singer/src/stdio/stdio.ts';
const TOOLS = 'tools/src/demo.ts';

/** Lints a static and a dynamic import of the same module. */
async function lintImports(file: string, name: string): Promise<string[]> {
  const [first, second] = [
    await lint(file, `import * as some from '${name}';\nvoid some;\n`),
    await lint(file, `void (await import('${name}'));\n`),
  ];
  expect(second).toEqual(first);
  return first;
}

describe('an import between packages', () => {
  it.each(pairs.filter(({ isAllowed }) => !isAllowed))(
    'is refused: $name imports $other',
    async ({ folder, other }) => {
      // Some of these imports also close a cycle.
      expect(await lintImports(`${folder}/src/index.ts`, `@exact-spotter/${other}`)).toContain(
        `${folder} may not import @exact-spotter/${other}.`,
      );
    },
  );

  it.each(pairs.filter(({ isAllowed }) => isAllowed))(
    'is allowed: $name imports $other',
    async ({ folder, other }) => {
      expect(await lintImports(`${folder}/src/index.ts`, `@exact-spotter/${other}`)).toEqual([]);
    },
  );

  it('is refused if its path is relative', async () => {
    expect(await lintImports(TAP, '../../target-sqlite/src/load.ts')).toEqual([
      expect.stringContaining('by its name'),
    ]);
  });

  it('is refused when it closes a cycle', async () => {
    const file = 'tools/testing/src/until.ts';
    const text = "import { start } from './index.ts';\nexport const until = start;\n";
    expect(await lint(file, text)).toEqual([expect.stringContaining('Dependency cycle')]);
  });
});

describe('a library or Node module', async () => {
  const config = (await import(pathToFileURL(join(root, 'eslint.config.js')).href)) as {
    readonly places: Readonly<Record<string, readonly string[]>>;
  };
  const places = Object.entries(config.places);

  it.each(places)('%s is allowed where it belongs', async (library, allowed) => {
    for (const place of allowed) {
      expect(existsSync(join(root, place)), place).toBe(true);
      const file = place.endsWith('/') ? `${place}any.ts` : place;
      expect(await lintImports(file, library)).toEqual([]);
    }
  });

  it.each(places)('%s is refused in every other package', async (library, allowed) => {
    const packages = Object.values(PACKAGES).filter(({ folder }) => folder.startsWith('packages/'));
    for (const { folder } of packages) {
      expect(await lintImports(`${folder}/src/index.ts`, library)).toEqual([
        `Only ${allowed.join(', ')} may import ${library}.`,
      ]);
    }
  });

  it('node:http and node:sqlite are allowed in the tools', async () => {
    for (const name of ['node:http', 'node:sqlite', 'node:process']) {
      expect(await lintImports(TOOLS, name)).toEqual([]);
    }
  });

  it('fetch is refused outside the HTTP client', async () => {
    expect(await lint(TAP, "await fetch('https://example.org');\n")).toEqual([
      expect.stringContaining('may use the network'),
    ]);
  });
});

describe('a standard stream', () => {
  const uses = [
    ['process.stdin', 'void process.stdin;'],
    ['process.stdout', "process.stdout.write('');"],
    ['process.stderr', "process.stderr.write('');"],
    ['a destructured process', 'const { stdout } = process;\nvoid stdout;'],
    ['a socket with a descriptor', 'declare const Socket: any;\nvoid new Socket({ fd: 0 });'],
    ['a read stream', "declare const fs: any;\nfs.createReadStream('', { fd: 0 });"],
    ['a write stream', "declare const open: any;\nopen.createWriteStream('', { fd: 1 });"],
    ['writeSync', 'declare const writeSync: any;\nwriteSync(1, text);'],
    ['fs.writeSync', 'declare const fs: any;\nfs.writeSync(2, text);'],
    ['readFileSync', 'declare const readFileSync: any;\nreadFileSync(0);'],
    ['fs.read', 'declare const fs: any;\nfs.read(0, bytes);'],
    ['a terminal', 'declare const WriteStream: any;\nvoid new WriteStream(2);'],
    ['a device file', "declare const open: any;\nopen('/dev/stdin');"],
    ['a descriptor’s file', "declare const open: any;\nopen('/dev/fd/1');"],
  ] as const;

  it.each(uses)('is refused outside singer: %s', async (_what, text) => {
    for (const file of [TAP, TARGET, SINGER]) {
      expect(await lint(file, `${text}\n`), file).toEqual([
        expect.stringMatching(/^Only packages\/singer\/src\/stdio\/ may/),
      ]);
    }
  });

  it.each(uses)('is allowed in its folder and in the tools: %s', async (_what, text) => {
    for (const file of [STREAMS, TOOLS]) expect(await lint(file, `${text}\n`), file).toEqual([]);
  });
});

describe('a regular expression', () => {
  it.each(['/0+$/', '/^(a+)+$/', '/^\\s*a?\\s*$/', '/^(?:a|a)*b$/', '/a.*b/'])(
    'is refused in the packages because it can take more than linear time: %s',
    async (expression) => {
      for (const file of [TAP, TARGET, SINGER]) {
        const problems = await lint(file, `void ${expression}.test('');\n`);
        expect(problems.join(), file).toMatch(/quadratic|exponential|polynomial/i);
      }
    },
  );

  it.each(['/^0+$/', '/^\\s*a\\s*$/', '/[\\r\\n]+/g'])('is allowed: %s', async (expression) => {
    expect(await lint(SINGER, `void ${expression}.test('');\n`)).toEqual([]);
  });
});
