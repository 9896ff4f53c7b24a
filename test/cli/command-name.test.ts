/** How the command is named in what it prints. */
import { describe, expect, it } from 'vitest';
import { commandNameOf } from '../../sim/cli/command-name.js';

const named = (file: string, env: Readonly<Record<string, string>> = {}) =>
  commandNameOf({ program: { file, arguments: [] }, env });

describe('the command', () => {
  it('is npx sim where it was started from the project', () => {
    expect(named('/project/node_modules/.bin/sim')).toBe('npx sim');
    const shim = String.raw`C:\project\node_modules\etcd-sim\dist\scenarios\main.js`;
    expect(named(shim, { npm_lifecycle_event: 'npx' })).toBe('npx sim');
    expect(named(shim, { npm_execpath: 'npm-cli.js' })).toBe('npx sim');
    expect(named('/ci/node_modules/etcd-sim/dist/scenarios/main.js', { CI: 'true' })).toBe('npx sim');
  });

  it('is sim where it is on the PATH, or a checkout', () => {
    expect(named('/usr/bin/sim')).toBe('sim');
    expect(named('/usr/bin/sim', { CI: 'true' })).toBe('sim');
    expect(named('/checkout/dist/scenarios/main.js', { npm_lifecycle_event: 'test' })).toBe('sim');
    expect(commandNameOf({ env: {} })).toBe('sim');
  });
});
