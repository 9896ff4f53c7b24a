/**
 * `describe` for tests that need the real etcd and Toxiproxy: if they are unavailable, the tests skip and say
 * why.
 */
import { describe } from 'vitest';
import { etcdTool, toxiproxyTool } from '../../sim/backend/real/tools.js';
import { provide } from './provide.js';

// The global setup has begun to build missing programs; this waits for it.
const programs = await Promise.all(
  [etcdTool, toxiproxyTool].map((tool) => provide(tool, (line) => void process.stderr.write(`${line}\n`))),
);
const missing = programs.find((program) => program.kind === 'unavailable');

/** Why tests against the real programs skip; undefined when they run. */
export const skipReason = missing?.message;

/** Like `describe`, skipped if etcd or Toxiproxy is missing. */
export function describeReal(name: string, body: () => void): void {
  if (skipReason === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${skipReason})`, body);
}
