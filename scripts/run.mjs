#!/usr/bin/env node
// What `npm run demo` and `npm test` start: gets everything ready that they need, then runs them. Works in a fresh
// checkout, so it uses nothing but Node itself.

const MINIMUM = [20, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  process.stderr.write(
    `Hivekeeper needs Node ${MINIMUM.join('.')} or later; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(1);
}

// Loaded only now: an old Node might not even read them.
const { main } = await import('./lib/main.mjs');
process.exitCode = await main(process.argv.slice(2));
