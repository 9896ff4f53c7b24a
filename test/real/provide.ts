/** Finds or builds the real programs for tests. In CI the tests that need them must run, so there it must succeed. */
import { provision, type Provision } from '../../sim/backend/real/provision.js';
import type { Tool } from '../../sim/backend/real/tools.js';

/**
 * A program that cannot be built has to be installed; without it, the tests that need it skip and say why.
 */
export function provideIfInstalled(tool: Tool, progress: (line: string) => void): Promise<Provision> {
  return provision(tool, { env: process.env, progress });
}

/** For a program that takes too long to build within the tests. */
export function provideIfCached(tool: Tool): Promise<Provision> {
  return provision(tool, { env: process.env, builds: false, progress: () => undefined });
}

export async function provide(tool: Tool, progress: (line: string) => void): Promise<Provision> {
  const provided = await provision(tool, { env: process.env, progress });
  if (provided.kind === 'unavailable' && process.env['CI'] !== undefined) {
    throw new Error(`in CI the tests against real programs must run: ${provided.message}`);
  }
  return provided;
}
