/** How the user has to type this command: the one place that decides it. */
import type { CliEnvironment } from './environment.js';

/**
 * `npx sim` if the program was started from a project's `node_modules`: by npx, by a script of npm's, or by its path.
 * In CI too, because readers of the report have a checkout. `sim` if it is on the PATH, or was started otherwise.
 */
export function commandNameOf({ program, env }: Pick<CliEnvironment, 'program' | 'env'>): 'sim' | 'npx sim' {
  const file = (program?.file ?? '').replaceAll('\\', '/');
  if (file.includes('/node_modules/.bin/')) return 'npx sim';
  const isOfNpm = isSet(env['npm_lifecycle_event']) || isSet(env['npm_execpath']) || isSet(env['CI']);
  return isOfNpm && file.includes('/node_modules/') ? 'npx sim' : 'sim';
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== 'false';
}
