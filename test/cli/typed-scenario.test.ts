/** The typed scenario of docs/scenarios.md, from the command line. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

/** A process of its own: the config file imports the simulator, which replaces timers and clocks for good. */
it('npx sim --config docs/examples/shop/sim.config.ts --scenario shop --seeds 20', () => {
  const words = expect.getState().currentTestName?.split(' ').slice(2) ?? [];
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(root, 'dist/scenarios/main.js'), ...words],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  expect(status, stderr).toBe(0);
});
