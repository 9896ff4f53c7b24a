/** A flag beats its environment variable, which beats the config file, which beats the default. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sim } from './harness.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'sim-cli-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function config(text: string, name = 'sim.config.mjs'): void {
  writeFileSync(path.join(directory, name), `export default ${text};\n`);
}

async function planOf(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const done = await sim(argv, { env, cwd: directory });
  expect(done.code, done.stderr.text).toBe(0);
  return done.plans[0];
}

describe('a setting', () => {
  it('comes from the config file', async () => {
    config("{ scenario: 'bank', seed: 5, faults: ['partition', 'latency'], members: 3 }");
    expect(await planOf([])).toMatchObject({
      seed: 5,
      members: 3,
      faults: { kind: 'only', kinds: ['latency', 'partition'] },
    });
  });

  it('comes from the environment before the config file', async () => {
    config("{ scenario: 'bank', seed: 5 }");
    expect(await planOf([], { SIM_SEED: '6' })).toMatchObject({ seed: 6 });
  });

  it('comes from a flag before the environment', async () => {
    config("{ scenario: 'bank', seed: 5 }");
    expect(await planOf(['--seed', '7'], { SIM_SEED: '6' })).toMatchObject({ seed: 7 });
  });

  it('is not given by an empty variable', async () => {
    config("{ scenario: 'bank', seed: 5 }");
    expect(await planOf([], { SIM_SEED: '' })).toMatchObject({ seed: 5 });
  });

  it('can be switched back by a flag', async () => {
    const done = await sim(['--scenario', 'bank', '--report'], { env: { SIM_REPORT: 'false' } });
    expect(done.stdout.text).toContain('run 0 satisfied');
    expect(done.reports).toHaveLength(1);
  });
});

describe('the version of etcd', () => {
  it('comes from the flag, the environment or the config file, like any other setting', async () => {
    config("{ scenario: 'bank', etcdVersion: '3.4' }");
    expect(await planOf([])).toMatchObject({ etcdVersion: '3.4' });
    expect(await planOf([], { SIM_ETCD_VERSION: '3.5' })).toMatchObject({ etcdVersion: '3.5' });
    expect(await planOf(['--etcd-version', '3.7'], { SIM_ETCD_VERSION: '3.5' })).toMatchObject({
      etcdVersion: '3.7',
    });
  });
});

describe('options of the scenario', () => {
  it('are merged one by one', async () => {
    config("{ scenario: 'bank', set: { workers: 3, variant: 'txn' } }");
    expect(await planOf([])).toMatchObject({ options: { workers: 3, variant: 'txn' } });
    expect(await planOf([], { SIM_SET: 'variant=etcd3' })).toMatchObject({
      options: { workers: 3, variant: 'etcd3' },
    });
    expect(await planOf(['--set', 'variant=stm'], { SIM_SET: 'variant=etcd3,workers=4' })).toMatchObject({
      options: { workers: 4, variant: 'stm' },
    });
  });

  it('may be none', async () => {
    config("{ scenario: 'bank', set: {} }");
    expect(await planOf([])).toMatchObject({ options: { workers: 10, variant: 'stm' } });
  });
});

describe('a config file', () => {
  it('may have another name', async () => {
    config("{ scenario: 'bank', seed: 9 }", 'other.mjs');
    expect(await planOf(['--config', 'other.mjs'])).toMatchObject({ seed: 9 });
    expect(await planOf([], { SIM_CONFIG: 'other.mjs' })).toMatchObject({ seed: 9 });
  });

  it('brings scenarios of its own, which run and are listed', async () => {
    config(
      "{ scenarios: [{ name: 'mine', description: 'is mine', options: {}, nodes() {}, setup() {}, run() {}, checks() {}, summarize() {} }] }",
    );
    expect((await planOf(['--scenario', 'mine']))?.scenario.name).toBe('mine');
    const listed = await sim(['list'], { cwd: directory });
    expect(listed.stdout.text).toContain('is mine');
  });
});

describe('seeds', () => {
  const seedsOf = async (argv: readonly string[], env: Readonly<Record<string, string>>) =>
    (await sim(['--scenario', 'bank', ...argv], { env })).plans.map((plan) => plan.seed);

  it('give way to a seed that is given more strongly', async () => {
    expect(await seedsOf(['--seed', '17'], { SIM_SEEDS: '100' })).toEqual([17]);
  });

  it('start at a seed that is given more weakly', async () => {
    expect(await seedsOf(['--seeds', '2'], { SIM_SEED: '5' })).toEqual([5, 6]);
  });

  it('as a range override a seed that is given more weakly', async () => {
    expect(await seedsOf(['--seeds', '1..2'], { SIM_SEED: '5' })).toEqual([1, 2]);
  });
});
