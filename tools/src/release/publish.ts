import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Publishes the package in the working directory for `nx release publish`. */
const { values } = parseArgs({
  options: { tag: { type: 'string' }, otp: { type: 'string' }, registry: { type: 'string' } },
  // Nx also passes options that npm does not know.
  strict: false,
});

const args = Object.entries(values)
  .filter(([name]) => ['tag', 'otp', 'registry'].includes(name))
  .map(([name, value]) => `--${name}=${String(value)}`);
if (process.env['NX_DRY_RUN'] === 'true') args.push('--dry-run');
process.exitCode = spawnSync('npm', ['publish', ...args], { stdio: 'inherit' }).status ?? 1;
