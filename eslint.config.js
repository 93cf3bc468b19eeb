import { readFileSync } from 'node:fs';
import eslint from '@eslint/js';
import { defineConfig } from 'eslint/config';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

/** The packages that each package may import. Each name is a tag in the package's package.json. */
const packages = {
  singer: { folder: 'packages/singer', imports: [] },
  'stream-maps': { folder: 'packages/stream-maps', imports: ['singer'] },
  schema: { folder: 'packages/schema', imports: ['singer'] },
  tap: { folder: 'packages/tap-exactsales', imports: ['singer', 'stream-maps', 'schema'] },
  target: { folder: 'packages/target-sqlite', imports: ['singer', 'stream-maps'] },
  testing: { folder: 'tools/testing', imports: [] },
  simulator: { folder: 'tools/simulator', imports: [] },
  tools: {
    folder: 'tools',
    imports: ['singer', 'stream-maps', 'schema', 'tap', 'target', 'simulator', 'testing'],
  },
};

for (const [name, { folder }] of Object.entries(packages)) {
  const { nx } = JSON.parse(
    readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8'),
  );
  if (!nx.tags.includes(`package:${name}`)) throw new Error(`${folder} lacks package:${name}`);
}

const NETWORK = ['packages/tap-exactsales/src/api/http.ts'];
const DATABASE = ['packages/target-sqlite/src/database/'];
const STREAMS = ['packages/singer/src/stdio/'];

/** Libraries that only the named files and folders may import. */
const libraries = {
  undici: NETWORK,
  'better-sqlite3': DATABASE,
  re2js: ['packages/singer/src/schemas/linear-pattern.ts'],
  jsep: ['packages/stream-maps/src/expression/parse.ts'],
  ajv: ['packages/schema/src/meta-schema.ts', 'packages/singer/src/schemas/validator.ts'],
};

/**
 * Node modules with the same restriction, except in the tools, which serve an API and read
 * databases.
 */
const builtInModules = {
  'node:http': NETWORK,
  'node:https': NETWORK,
  'node:http2': NETWORK,
  'node:sqlite': DATABASE,
  // A socket on descriptor 0 also reads standard input.
  'node:net': STREAMS,
  'node:process': STREAMS,
  'node:tty': STREAMS,
};

const isTool = (name) => packages[name].folder.startsWith('tools');

/** Functions that can use a standard stream by its descriptor, without `process`. */
const FILE_FUNCTIONS =
  '/^(?:read|readv|readFile|write|writev|writeFile|appendFile|fsync|fdatasync|close)(?:Sync)?$/';
const descriptorUses = [
  // new Socket({ fd: 0 }), createReadStream('', { fd: 0 })
  ':matches(NewExpression, CallExpression) > ObjectExpression > Property[key.name="fd"]',
  // readSync(0, …), fs.writeSync(1, …)
  `CallExpression[callee.name=${FILE_FUNCTIONS}][arguments.0.raw=/^[012]$/]`,
  `CallExpression[callee.object.name="fs"][callee.property.name=${FILE_FUNCTIONS}][arguments.0.raw=/^[012]$/]`,
  // new tty.WriteStream(2)
  'NewExpression[callee.name=/^(?:Read|Write)Stream$/][arguments.0.raw=/^[012]$/]',
  'NewExpression[callee.property.name=/^(?:Read|Write)Stream$/][arguments.0.raw=/^[012]$/]',
  'Literal[value=/^\\u002Fdev\\u002F(?:std(?:in|out|err)|fd\\u002F[012])$/]',
].map((selector) => ({
  selector,
  message: `Only ${STREAMS.join(', ')} may use the descriptors of the standard streams.`,
}));

const ownStyle = [
  { selector: 'ExportDefaultDeclaration', message: 'Use named exports only.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of literals instead of an enum.' },
];

const npmName = (folder) => `@exact-spotter/${folder.replace(/^.*\//, '')}`;

/** Returns regular expressions for what a package may not import, each with its message. */
function forbiddenPatterns(name, place) {
  const { folder, imports } = packages[name];
  const others = Object.entries(packages).filter(
    ([other]) => other !== name && !imports.includes(other),
  );
  const patterns = others.map(([, other]) => ({
    regex: `^${npmName(other.folder)}(/|$)`,
    message: `${folder} may not import ${npmName(other.folder)}.`,
  }));
  const folders = Object.values(packages)
    .filter((other) => other.folder !== folder)
    .map((other) => other.folder.replace(/^.*\//, ''));
  patterns.push({
    regex: `^(\\.\\./)+(packages|${folders.join('|')})/`,
    message: 'Import another package by its name, not by a path into it.',
  });
  const restricted = isTool(name) ? libraries : { ...libraries, ...builtInModules };
  for (const [library, places] of Object.entries(restricted)) {
    if (places.includes(place)) continue;
    patterns.push({
      regex: `^${library.replace('node:', '(node:)?')}(/|$)`,
      message: `Only ${places.join(', ')} may import ${library}.`,
    });
  }
  return patterns;
}

/** Returns the rules for static and dynamic imports. */
function importRules(name, place) {
  const patterns = forbiddenPatterns(name, place);
  const dynamic = patterns.map(({ regex, message }) => ({
    selector: `ImportExpression[source.value=/${regex.replaceAll('/', '\\u002F')}/]`,
    message,
  }));
  return {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': [
      'error',
      ...ownStyle,
      ...dynamic,
      ...(isTool(name) || STREAMS.includes(place) ? [] : descriptorUses),
    ],
  };
}

const boundaries = Object.entries(packages).flatMap(([name, { folder }]) => [
  { files: [`${folder}/{src,bin}/**/*.{ts,js}`], rules: importRules(name) },
  ...[...new Set(Object.values({ ...libraries, ...builtInModules }).flat())]
    .filter((place) => place.startsWith(`${folder}/`))
    .map((place) => ({
      files: [place.endsWith('/') ? `${place}**/*.ts` : place],
      rules: importRules(name, place),
    })),
]);

/** The places that may import each library or Node module, exported for the test of these rules. */
export const places = { ...libraries, ...builtInModules };

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
    files: ['**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ conditionNames: ['@exact-spotter/source', 'import'] }),
      ],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: { 'import-x/no-cycle': 'error' },
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
    ignores: STREAMS.map((folder) => `${folder}**`),
    rules: {
      'no-restricted-properties': [
        'error',
        ...['stdin', 'stdout', 'stderr'].map((property) => ({
          object: 'process',
          property,
          message: `Only ${STREAMS.join(', ')} may touch the standard streams.`,
        })),
      ],
      'no-restricted-globals': [
        'error',
        ...['fetch', 'WebSocket', 'EventSource'].map((name) => ({
          name,
          message: `Only ${NETWORK.join(', ')} may use the network.`,
        })),
      ],
      'max-lines': ['error', 220],
      'max-lines-per-function': ['error', 60],
    },
  },
  {
    // A program reads what others wrote, so no regular expression may take more than linear time.
    files: ['packages/*/src/**/*.ts'],
    plugins: { regexp },
    rules: {
      // Alternatives that match the same text can take exponential time: (a|a)*.
      'regexp/no-dupe-disjunctions': 'error',
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  // A list of literals may be as long as its contents.
  {
    files: ['endpoints', 'settings'].map((name) => `packages/tap-exactsales/src/${name}.ts`),
    rules: { 'max-lines': 'off' },
  },
  { files: ['*.config.{ts,js}'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['*.config.ts'], extends: [tseslint.configs.disableTypeChecked] },
  ...boundaries,
);
