import { existsSync } from 'node:fs';
import {
  log,
  resolveSettings,
  runProgram,
  stdinBytes,
  stdoutOutput,
  terminationSignal,
  readLines,
  InputError,
  type Program,
} from '../src/index.ts';

/**
 * A small program that uses the package's public interface. Tests start it to check the standard
 * streams and the command line.
 */
const program: Program = {
  name: 'tap-sample',
  version: '1.2.3',
  description: 'A sample.',
  capabilities: ['about', 'state'],
  settings: {
    type: 'object',
    required: ['api_token'],
    properties: {
      api_token: { type: 'string', title: 'Token', description: 'The token.', 'x-secret': true },
      past_days: {
        type: 'integer',
        title: 'Days',
        description: 'How far back.',
        default: 30,
        minimum: 0,
      },
      deep: { type: 'boolean', title: 'Deep', description: 'Whether deep.', default: false },
      names: { type: 'array', title: 'Names', description: 'Some names.' },
      label: { type: 'string', title: 'Label', description: 'A label.', minLength: 1 },
    },
  },
};

const output = stdoutOutput();
const commands: Record<string, (file: string) => Promise<void>> = {
  settings: () => Promise.resolve(),
  /** Writes more than the pipe and the queue can hold, and logs ticks while the event loop runs. */
  flood: async () => {
    const ticks = setInterval(() => log.info('tick'), 20);
    try {
      for (let at = 0; at < 200; at += 1) await output.write(`${'x'.repeat(65_535)}\n`);
    } finally {
      clearInterval(ticks);
    }
  },
  count: async () => {
    let count = 0;
    for await (const lines of readLines(stdinBytes())) count += lines.length;
    await output.write(`${count}\n`);
  },
  /** Reads until it receives a signal. */
  listen: async () => {
    const stop = terminationSignal();
    log.info('listening');
    try {
      for await (const bytes of stdinBytes(stop)) await output.write(`${bytes.length}\n`);
    } finally {
      stop.throwIfAborted();
    }
  },
  /** Blocks its thread after the first chunk until a file exists. */
  dawdle: async (file) => {
    let bytes = 0;
    for await (const chunk of stdinBytes()) {
      bytes += chunk.length;
      while (!existsSync(file)) continue;
    }
    await output.write(`${bytes}\n`);
  },
  /** Never finishes. A signal ends it after 50 ms, or not at all if `limit` is `forever`. */
  hang: async (limit) => {
    const stop = terminationSignal(limit === 'forever' ? undefined : 50);
    stop.addEventListener('abort', () => log.info('aborted'));
    log.info('hanging');
    await new Promise((resolve) => setInterval(resolve, 2 ** 30));
  },
  /** Logs some lines, one after the other, and then writes a line to stdout. */
  chatter: async () => {
    for (let at = 0; at < 3; at += 1) {
      log.info('tick');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await output.write('done\n');
  },
  tick: () => {
    log.info('tick');
    return Promise.resolve();
  },
  input: () => Promise.reject(new InputError('it is bad: fix it.', { line: 3, stream: 's' })),
  bug: () => Promise.reject(new TypeError('secret')),
};

await runProgram(
  program,
  process.argv.slice(2),
  {
    commands: [
      ...Object.keys(commands).map((command) => `${command} [file]`),
      ...['box list', 'box open <name>'],
    ].map((command) => ({
      command,
      describe: command,
    })),
  },
  async ({ command, config, values }) => {
    if (command[0] === 'box') {
      await output.write(`${command.join(' ')} ${String(values['name'])}\n`);
      return output.flush();
    }
    const [name = 'settings'] = command;
    if (name === 'settings') {
      const settings = await resolveSettings(program, config, process.env);
      await output.write(`${JSON.stringify(settings)}\n`);
    }
    await commands[name]?.(String(values['file']));
    await output.flush();
  },
);
