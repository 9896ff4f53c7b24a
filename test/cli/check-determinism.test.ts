/** `--check-determinism` on a scenario that leaks, and on one that does not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const command = path.resolve(import.meta.dirname, '../../dist/scenarios/main.js');
let directory: string;

/** Its state outlives a run: every third write of the process waits. */
const leaky = (fastCheck: string) => `
  import fc from ${JSON.stringify(fastCheck)};
  let writes = 0;
  const operations = ['a', 'b'].map((id) => ({ id, name: 'write', input: null }));
  export default { scenarios: [{
    name: 'leaky', description: 'leaks', options: {},
    nodes: () => fc.constant([{ name: 'n1', operations }]),
    setup: async () => {},
    async run({ client, prefix, perform }, planned) {
      for (const operation of planned) await perform(operation, async () => {
        await client.put(prefix + 'k').value('1');
        if (++writes % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return { output: null };
      });
    },
    checks: () => [], summarize: () => [],
  }] };`;

/** It knows the process by a file, which is no business of the simulator's. */
const leaving = (fastCheck: string) => `
  import fc from ${JSON.stringify(fastCheck)};
  import { readFileSync } from 'node:fs';
  const [pid] = readFileSync('/proc/self/stat', 'utf8').split(' ');
  export default { scenarios: [{
    name: 'leaving', description: 'leaves', options: {},
    nodes: () => fc.constant([{ name: 'n1', operations: [{ id: 'a', name: 'write', input: null }] }]),
    setup: async () => {},
    async run({ client, prefix, perform }, [operation]) {
      await perform(operation, async () => {
        await client.put(prefix + 'k').value(pid);
        return { output: null };
      });
    },
    checks: () => [], summarize: () => [],
  }] };`;

function sim(...words: string[]) {
  const done = spawnSync(process.execPath, [command, ...words, '--check-determinism', '--no-report'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return { code: done.status, stderr: done.stderr };
}

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-leak-'));
  writeFileSync(path.join(directory, 'sim.config.mjs'), leaky(import.meta.resolve('fast-check')));
  writeFileSync(path.join(directory, 'leaving.mjs'), leaving(import.meta.resolve('fast-check')));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

it('a scenario that leaks ends with 3, and both runs’ step and code are shown', () => {
  const { code, stderr } = sim('--scenario', 'leaky', '--faults', 'none', '--strategy', 'time');
  expect(code).toBe(3);
  expect(stderr).toMatch(/^sim: seed 0 gave two different runs from step \d+ on\n {2}first run: draw /);
  expect(stderr).toMatch(/^ {2}second run: event \d+ us n1\/timer\n {6}at /m);
});

it('a scenario that takes something of its process when it is loaded ends with 3', () => {
  const { code, stderr } = sim('--config', 'leaving.mjs', '--scenario', 'leaving', '--faults', 'none');
  expect(code).toBe(3);
  expect(stderr).toMatch(/^sim: seed 0 gave two different runs/);
});

it('a real etcd is not compared with itself', () => {
  const { code, stderr } = sim('--scenario', 'bank', '--backend', 'real');
  expect([code, stderr]).toEqual([64, 'sim: --check-determinism needs --backend simulated, got real\n']);
});

it('the bank does not leak, over several seeds and all faults', () => {
  const few = ['--set', 'workers=4', '--set', 'transfers=10'];
  const { code } = sim('--scenario', 'bank', ...few, '--seeds', '3', '--faults', 'all', '--members', '3');
  expect(code).toBe(0);
});
