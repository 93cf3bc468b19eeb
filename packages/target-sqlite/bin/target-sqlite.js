#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `target-sqlite needs Node 22.19 or newer, but this is Node ${process.versions.node}: install a current Node, or start target-sqlite with npx, which uses the Node installed in this repository.\n`,
  );
  process.exitCode = 2;
} else {
  const { main } = await import('#main');
  await main(process.argv.slice(2));
}
