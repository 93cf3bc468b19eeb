import { readFileSync } from 'node:fs';
import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Which room may import which: the tag stands in each package.json under `nx.tags`.
 * The target reads only the vocabulary of `schema`, never its tables, so that it serves any tap.
 */
const rooms = {
  schema: { folder: 'packages/schema', imports: [] },
  singer: { folder: 'packages/singer', imports: [] },
  tap: { folder: 'packages/tap-exactsales', imports: ['schema', 'singer'] },
  target: { folder: 'packages/target-sqlite', imports: ['schema/vocabulary', 'singer'] },
  tools: { folder: 'tools', imports: ['schema', 'singer', 'tap', 'target'] },
};

for (const [room, { folder }] of Object.entries(rooms)) {
  const { nx } = JSON.parse(
    readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8'),
  );
  if (!nx.tags.includes(`room:${room}`)) throw new Error(`${folder} is not tagged room:${room}`);
}

const NETWORK = ['packages/tap-exactsales/src/http.ts'];
const DATABASE = ['packages/target-sqlite/src/database/'];

/** Libraries with a single door: the files that may import them. */
const doors = {
  undici: NETWORK,
  'better-sqlite3': DATABASE,
  jsep: ['packages/singer/src/maps/parse.ts'],
  ajv: ['packages/schema/src/meta-schema.ts', 'packages/singer/src/validator.ts'],
};

/** What Node has of the same kind; the tools serve an API and read databases by it. */
const builtInDoors = {
  'node:http': NETWORK,
  'node:https': NETWORK,
  'node:http2': NETWORK,
  'node:sqlite': DATABASE,
  'node:process': ['packages/singer/src/stdio.ts'],
};

const ownStyle = [
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  { selector: 'TSEnumDeclaration', message: 'A union of literals instead of an enum.' },
];

const packageOf = (folder) => `@exact-spotter/${folder.replace('packages/', '')}`;

/** What a file of a room may not import, as regular expressions, and why. */
function forbidden(room, file) {
  const { folder, imports } = rooms[room];
  const patterns = [];
  for (const [other, { folder: otherFolder }] of Object.entries(rooms)) {
    if (other === room || imports.includes(other)) continue;
    const part = imports.find((name) => name.startsWith(`${other}/`));
    const name = packageOf(otherFolder);
    patterns.push({
      regex: part ? `^${name}(?!/${part.split('/')[1]}$)` : `^${name}(/|$)`,
      message: `${folder} may not import ${part ? `more of ${name} than /${part.split('/')[1]}` : name}.`,
    });
  }
  patterns.push({
    regex: `^(\\.\\./)+(packages|${Object.values(rooms)
      .filter((other) => other.folder !== folder)
      .map((other) => other.folder.replace('packages/', ''))
      .join('|')})/`,
    message: 'Import another package by its name, not by a path into it.',
  });
  const allDoors = room === 'tools' ? doors : { ...doors, ...builtInDoors };
  for (const [library, files] of Object.entries(allDoors)) {
    if (file && files.some((door) => door === file)) continue;
    patterns.push({
      regex: `^${library.replace('node:', '(node:)?')}(/|$)`,
      message: `${library} has one door: ${files.join(', ')}.`,
    });
  }
  return patterns;
}

/** The rules for an import at the top of a file, and for one that waits until it is needed. */
function forbiddenImports(room, file) {
  const patterns = forbidden(room, file);
  const dynamic = patterns.map(({ regex, message }) => ({
    selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\u002F')}/]`,
    message,
  }));
  return {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', ...ownStyle, ...dynamic],
  };
}

const boundaries = Object.entries(rooms).flatMap(([room, { folder }]) => [
  { files: [`${folder}/{src,bin}/**/*.{ts,js}`], rules: forbiddenImports(room) },
  ...[...new Set(Object.values({ ...doors, ...builtInDoors }).flat())]
    .filter((door) => door.startsWith(`${folder}/`))
    .map((door) => ({
      files: [door.endsWith('/') ? `${door}**/*.ts` : door],
      rules: forbiddenImports(room, door),
    })),
]);

export default defineConfig(
  { ignores: ['**/dist/', '**/node_modules/', 'demo/', '.venv/', '.nx/', 'test-data/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.{ts,js}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...ownStyle],
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/singer/src/stdio.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['stdin', 'stdout', 'stderr'].map((property) => ({
          object: 'process',
          property,
          message: 'The standard streams have one door: packages/singer/src/stdio.ts.',
        })),
      ],
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({
          name,
          message: `The network has one door: ${NETWORK.join(', ')}.`,
        })),
      ],
      'max-lines': ['error', 220],
      'max-lines-per-function': ['error', 60],
    },
  },
  // A table of literals is as long as what it says.
  { files: ['packages/tap-exactsales/src/streams.ts'], rules: { 'max-lines': 'off' } },
  { files: ['*.config.{ts,js}'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['*.config.ts'], extends: [tseslint.configs.disableTypeChecked] },
  ...boundaries,
);
