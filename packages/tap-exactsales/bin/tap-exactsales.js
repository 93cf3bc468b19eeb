#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `tap-exactsales needs Node 22.19 or newer, but this is Node ${process.versions.node}. Install a current Node, or run the tap with npx, which uses the Node version that this repository installs.\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('#main');
  await main(process.argv.slice(2));
}
