#!/usr/bin/env node
/**
 * Where the command starts. Invariant: a missing package that your project has to install is reported in one
 * line that says how to install it.
 */
import module, { createRequire } from 'node:module';

/** The packages that the simulator shares with the code under test. */
const PEERS = ['etcd3', 'fast-check'];
const EXIT_INTERNAL = 70;

const { resolve } = createRequire(import.meta.url);
const missing = PEERS.filter((name) => {
  try {
    resolve(name);
    return false;
  } catch {
    return true;
  }
});

// Newer versions of Node.js keep compiled code on disk; this is where most of a start goes.
(module as { enableCompileCache?: () => void }).enableCompileCache?.();

if (missing.length === 0) await import('./command.js');
else {
  process.stderr.write(
    `sim: expected ${missing.join(' and ')} in node_modules; npm install --save-dev ${missing.join(' ')}\n`,
  );
  process.exitCode = EXIT_INTERNAL;
}
