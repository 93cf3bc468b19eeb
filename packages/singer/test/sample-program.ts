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

/** A small program on the package's public surface, for the tests of what happens at its ends. */
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
const commands: Record<string, () => Promise<void>> = {
  settings: () => Promise.resolve(),
  /** Writes more than the pipe and the queue hold, and ticks as long as the program is not stopped. */
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
  /** Reads until it is told to stop, though the input goes on. */
  listen: async () => {
    const stop = terminationSignal();
    log.info('listening');
    try {
      for await (const bytes of stdinBytes(stop)) await output.write(`${bytes.length}\n`);
    } catch (error) {
      if (!stop.aborted) throw error;
    }
  },
  /** Is busy for a while with each piece that it reads. */
  dawdle: async () => {
    let bytes = 0;
    for await (const piece of stdinBytes()) {
      bytes += piece.length;
      for (const until = performance.now() + 20; performance.now() < until;) continue;
    }
    await output.write(`${bytes}\n`);
  },
  tick: () => {
    log.info('tick');
    return Promise.resolve();
  },
  input: () => Promise.reject(new InputError('it is bad: mend it.', { line: 3, stream: 's' })),
  bug: () => Promise.reject(new TypeError('secret')),
};

await runProgram(
  program,
  process.argv.slice(2),
  {
    commands: [...Object.keys(commands), 'box list', 'box open <name>'].map((command) => ({
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
    await commands[name]?.();
    await output.flush();
  },
);
