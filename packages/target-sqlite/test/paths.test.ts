import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ended, type Ended } from '@exact-spotter/testing';
import { describe, expect, it } from 'vitest';
import { command, integer, lines, record, schema, state, TestTarget } from './target.ts';

const input = lines(schema('t', { id: integer }, ['id']), record('t', { id: 1 }), state({ a: 1 }));
/** All readers open the database in the same way, so many cases test only one reader. */
const BOTH = [[], ['state']];
const READERS = [['state'], ['runs'], ['verify'], ['quarantine', 'list']];
const isWindows = process.platform === 'win32';

/** Creates a target with this `database` setting. */
function targetAt(database: string): TestTarget {
  const target = new TestTarget();
  target.configure({ database });
  return target;
}

/** Creates a target with a database in its folder. */
function targetIn(name: string, prepare?: (path: string) => void): TestTarget {
  const target = new TestTarget();
  const database = `${target.folder}/${name}`;
  target.configure({ database });
  prepare?.(database);
  return target;
}

/** Runs the target in its folder. @param user the ID of the user that runs it (default: this user) */
async function run(
  target: TestTarget,
  args: readonly string[] = [],
  user?: number,
): Promise<Ended> {
  const child = target.start(args, {
    cwd: target.folder,
    ...(user !== undefined && { uid: user }),
  });
  return ended(child, input);
}

/** Expects nothing on stdout and one sentence on stderr. */
function expectFailure({ code, stdout, stderr }: Ended, wanted: number, sentence: RegExp): void {
  expect({ code, stdout }, stderr).toEqual({ code: wanted, stdout: '' });
  expect(stderr).toMatch(sentence);
  expect(stderr.match(/CRITICAL/g), stderr).toHaveLength(1);
}

describe.skipIf(isWindows)('a path (not on Windows)', () => {
  it.each([
    'a b.sqlite',
    ' lead.sqlite',
    "it's.sqlite",
    'say "hi".sqlite',
    'a%41.sqlite',
    'x?mode=memory',
    'x#y.sqlite',
    'x:memory:',
    '$HOME.sqlite',
    'two\nlines.sqlite',
    'ção 漢字 😀.sqlite',
    '-x',
    'x'.repeat(247),
  ])('is used literally: %j', async (name) => {
    const target = targetIn(name);
    expect((await run(target)).code).toBe(0);
    expect((await run(target, ['state'])).stdout).toBe('{"a":1}\n');
    expect(readdirSync(target.folder).sort()).toEqual(['config.json', name].sort());
  });

  it('is relative to the working directory', async () => {
    for (const name of ['data.sqlite', './file:data.sqlite', 'new/data.sqlite']) {
      const target = targetAt(name);
      expect((await run(target)).code).toBe(0);
      expect(existsSync(join(target.folder, name)), name).toBe(true);
    }
  });

  it('may be a symbolic link to a database that another run is writing', async () => {
    const target = new TestTarget();
    const link = join(target.folder, 'link.sqlite');
    symlinkSync('data.sqlite', link);
    const other = new TestTarget();
    other.configure({ database: link, state_id: 'other' });
    const ends = await Promise.all([run(other), run(target)]);
    for (const { code, stderr } of ends) expect(code, stderr).toBe(0);
    expect(readdirSync(target.folder).sort()).toEqual([
      'config.json',
      'data.sqlite',
      'link.sqlite',
    ]);
    expect(target.rows('t')).toEqual([{ id: 1 }]);
    expect(target.query('SELECT count(*) AS n FROM _singer_state')).toEqual([{ n: 2 }]);
  });
});

describe('a setting that is not a file path', () => {
  it.each<[string, RegExp]>([
    ['', /"database" must not be empty/],
    ['  ', /"database" is blank: name a file/],
    [':memory:', /"database" is ":memory:", which would not be saved/],
    ['file:data.sqlite', /"database" is a file: URL/],
    ['file:/data.sqlite?mode=memory', /"database" is a file: URL/],
    ['~/data.sqlite', /"database" begins with ~, which only a shell replaces/],
    ['data.sqlite ', /"database" ends with white space/],
    ['data.sqlite\n', /"database" ends with white space/],
    ['data\0.sqlite', /"database" contains a NUL or an unpaired surrogate/],
    ['data\ud800.sqlite', /"database" contains a NUL or an unpaired surrogate/],
    ['data/', /"database" is a folder/],
  ])('is refused without creating any file: %j', async (database, sentence) => {
    const target = targetAt(database);
    for (const args of BOTH) expectFailure(await run(target, args), 2, sentence);
    expect(readdirSync(target.folder)).toEqual(['config.json']);
  });
});

describe('a path that does not lead to a database', () => {
  const text = 'a text of some length, not a database '.repeat(30);

  it.skipIf(isWindows).each<[string, (path: string) => void, RegExp]>([
    ['a folder', mkdirSync, /data is a folder: name a file in it/],
    [
      'a device',
      (path) => symlinkSync('/dev/null', path),
      /data is a device or a pipe, which cannot hold a database/,
    ],
    [
      'a pipe',
      (path) => spawnSync('mkfifo', [path]),
      /data is a device or a pipe, which cannot hold a database/,
    ],
    ['a text file', (path) => writeFileSync(path, text), /data is not a SQLite database/],
    ['a file of two bytes', (path) => writeFileSync(path, 'hi'), /data is not a SQLite database/],
    [
      'a link to itself',
      (path) => symlinkSync(basename(path), path),
      /data is a symbolic link that leads to itself/,
    ],
  ])(
    'fails the run with one sentence and is not changed: %s (not on Windows)',
    async (_name, prepare, sentence) => {
      const target = targetIn('data', prepare);
      for (const args of BOTH) expectFailure(await run(target, args), 1, sentence);
      expect(readdirSync(target.folder).sort()).toEqual(['config.json', 'data']);
      if (sentence.source.includes('SQLite')) {
        expect([text, 'hi']).toContain(readFileSync(join(target.folder, 'data'), 'utf8'));
      }
    },
  );

  it.skipIf(isWindows).each<[string, string, RegExp]>([
    ['a folder that is a file', 'config.json/data', /config\.json for the database is a file/],
    ['a name that is too long', 'x'.repeat(248), /The path of the database is too long/],
    ['a path that is too long', `${'y'.repeat(200)}/`.repeat(3), /The path of the data.* too long/],
  ])('fails the run with one sentence: %s (not on Windows)', async (_name, path, sentence) => {
    const target = targetIn(`${path}x`);
    for (const args of BOTH) expectFailure(await run(target, args), 1, sentence);
    expect(readdirSync(target.folder)).toEqual(['config.json']);
  });

  it('fails the run with one sentence: a missing folder whose parent is missing', async () => {
    const target = targetIn('one/two/data.sqlite');
    expectFailure(
      await run(target),
      1,
      /one.two for the database does not exist, nor does its parent/,
    );
    expect((await run(target, ['state'])).stdout).toBe('{}\n');
  });

  it('may lead to an empty file, which becomes a database', async () => {
    const target = targetIn('data.sqlite', (path) => writeFileSync(path, ''));
    expect((await run(target, ['state'])).stdout).toBe('{}\n');
    expect((await run(target)).code).toBe(0);
    expect(target.rows('t')).toEqual([{ id: 1 }]);
  });

  it('is refused if the file has two hard links, since each link would have its own log', async () => {
    const target = new TestTarget();
    await target.load(input);
    linkSync(target.database, join(target.folder, 'second.sqlite'));
    for (const args of BOTH) {
      expectFailure(await run(target, args), 1, /has 2 hard links/);
    }
  });
});

/** The ID of an unprivileged user, since root ignores permissions. */
const user = process.getuid?.() === 0 ? 65_534 : process.getuid?.();
const hasUser =
  user !== undefined &&
  spawnSync(command[0], [...command.slice(1), '--version'], { uid: user }).status === 0;

describe.skipIf(!hasUser)('a path without permission (needs a user who can run the target)', () => {
  /** Creates a database in a folder that belongs to the user. */
  async function owned(): Promise<{ target: TestTarget; folder: string; database: string }> {
    const target = new TestTarget();
    const folder = join(target.folder, 'own');
    const database = join(folder, 'data.sqlite');
    target.configure({ database });
    await target.load(input);
    for (const path of [target.folder, folder, database]) chownSync(path, user ?? -1, -1);
    return { target, folder, database };
  }

  it('can be read, but not written, if the file is read-only', async () => {
    const { target, database } = await owned();
    chmodSync(database, 0o444);
    const before = readFileSync(database);
    expectFailure(await run(target, [], user), 1, /data\.sqlite is not writable/);
    expect((await run(target, ['state'], user)).stdout).toBe('{"a":1}\n');
    expect(readFileSync(database).equals(before)).toBe(true);
  });

  it('cannot be used if the folder is read-only', async () => {
    const { target, folder } = await owned();
    chmodSync(folder, 0o555);
    for (const args of BOTH) {
      expectFailure(
        await run(target, args, user),
        1,
        /The folder of the database .* is not writable/,
      );
    }
    expect(readdirSync(folder)).toEqual(['data.sqlite']);
    target.configure({ database: join(folder, 'new.sqlite') });
    expectFailure(await run(target, [], user), 1, /new\.sqlite cannot be opened: check the perm/);
    target.configure({ database: join(folder, 'new', 'new.sqlite') });
    expectFailure(await run(target, [], user), 1, /own.new for the database cannot be created/);
    chmodSync(folder, 0o755);
  });

  it('is not mistaken for a missing database if the folder cannot be entered', async () => {
    const { target, folder } = await owned();
    chmodSync(folder, 0);
    for (const args of BOTH) {
      expectFailure(await run(target, args, user), 1, /cannot be accessed \(EACCES\)/);
    }
    chmodSync(folder, 0o755);
  });
});

describe('a command that only reads', () => {
  it.each(READERS)('does not change the folder: %s %s', async (...args) => {
    const target = new TestTarget();
    await target.load(input);
    const before = readFileSync(target.database);
    expect((await run(target, args)).code).toBe(0);
    expect(readdirSync(target.folder).sort()).toEqual(['config.json', 'data.sqlite']);
    expect(readFileSync(target.database).equals(before)).toBe(true);
  });

  it('does not disturb a running load', async () => {
    const target = new TestTarget();
    const child = target.start();
    const end = ended(child);
    child.stdin.write(input);
    await target.untilCommitted('_singer_state');
    for (const args of READERS) expect((await run(target, args)).code).toBe(0);
    child.stdin.end(lines(record('t', { id: 2 }), state({ a: 2 })));
    expect((await end).code).toBe(0);
    expect(readdirSync(target.folder).sort()).toEqual(['config.json', 'data.sqlite']);
    expect(target.rows('t')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it.skipIf(isWindows)(
    'does not export to the database file, regardless of its name (not on Windows)',
    async () => {
      const target = new TestTarget();
      await target.load(input);
      symlinkSync('data.sqlite', join(target.folder, 'link'));
      for (const name of ['data.sqlite', './link', 'data.sqlite-wal']) {
        expectFailure(
          await run(target, ['quarantine', 'export', name]),
          2,
          /is the database itself/,
        );
      }
      mkdirSync(join(target.folder, 'far'));
      symlinkSync('../data.sqlite', join(target.folder, 'far', 'link'));
      target.configure({ database: join(target.folder, 'far', 'link') });
      for (const name of ['far/link', 'data.sqlite', 'data.sqlite-wal', 'far/../data.sqlite-shm']) {
        expectFailure(
          await run(target, ['quarantine', 'export', name]),
          2,
          /is the database itself/,
        );
      }
      expect(target.rows('t')).toEqual([{ id: 1 }]);
    },
  );
});
