/** What the command line understands. */
import { describe, expect, it } from 'vitest';
import { sim, type Done } from './harness.js';

async function plan(...argv: string[]) {
  const done = await sim(argv);
  expect(done.stderr.text.replace(/^report: .*\n/, '')).toBe('');
  expect(done.plans).toHaveLength(1);
  return done.plans[0];
}

function seedsOf(done: Done): number[] {
  return done.plans.map((request) => request.seed);
}

describe('sim run', () => {
  it('is the default command and has a name as well', async () => {
    expect(await plan('--scenario', 'bank')).toEqual(await plan('run', '--scenario', 'bank'));
  });

  it('takes a value after a space or after an equals sign', async () => {
    expect(await plan('--scenario', 'bank', '--seed', '7')).toEqual(
      await plan('--seed=7', '--scenario=bank'),
    );
  });

  it('takes seed 0 and a swarm of faults on one member by default', async () => {
    expect(await plan('--scenario', 'bank')).toMatchObject({
      seed: 0,
      faults: { kind: 'swarm' },
      members: 1,
    });
  });

  it('takes the scenario’s own number of members by default', async () => {
    expect(await plan('--scenario', 'broken-lock')).toMatchObject({ members: 3 });
    expect(await plan('--scenario', 'broken-lock', '--members', '1')).toMatchObject({ members: 1 });
    const faults = ['--faults', 'leader-change'];
    expect(await plan('--scenario', 'broken-lock', ...faults)).toMatchObject({ members: 3 });
  });

  it('takes the largest seed', async () => {
    expect(await plan('--scenario', 'bank', '--seed', '4294967295')).toMatchObject({ seed: 4294967295 });
  });

  it('fills the options of the scenario with their defaults', async () => {
    const { options } = (await plan('--scenario', 'bank', '--set', 'variant=txn')) ?? {};
    expect(options).toEqual({ workers: 10, variant: 'txn' });
  });

  it('takes several options, repeated or separated by commas', async () => {
    const repeated = await plan('--scenario', 'bank', '--set', 'variant=txn', '--set', 'workers=3');
    const separated = await plan('--scenario', 'bank', '--set', 'variant=txn,workers=3');
    expect(repeated?.options).toEqual({ workers: 3, variant: 'txn' });
    expect(separated).toEqual(repeated);
  });

  it.each([
    ['none', { kind: 'none' }],
    ['all', { kind: 'all' }],
    ['swarm', { kind: 'swarm' }],
    ['partition', { kind: 'only', kinds: ['partition'] }],
    ['partition,latency', { kind: 'only', kinds: ['latency', 'partition'] }],
  ])('takes --faults %s', async (text, faults) => {
    expect(await plan('--scenario', 'bank', '--faults', text)).toMatchObject({ faults });
  });

  it('hands the budget to the run', async () => {
    const limits = ['--max-events', '99', '--max-virtual-time-ms', '5', '--liveness-ms', '7'];
    const { runs } = await sim(['--scenario', 'bank', ...limits]);
    expect(runs[0]?.budget).toEqual({ maxEvents: 99, maxVirtualTimeMs: 5, livenessMs: 7 });
  });

  it('hands endpoints and Toxiproxy to the real backend, with as many members as endpoints', async () => {
    const urls = 'http://a:1,http://b:2,http://c:3/';
    const { backends } = await sim([
      '--scenario',
      'bank',
      '--backend',
      'real',
      '--endpoints',
      urls,
      '--toxiproxy',
      'http://t:8474',
    ]);
    expect(backends[0]).toMatchObject({
      backend: 'real',
      endpoints: ['http://a:1', 'http://b:2', 'http://c:3'],
      toxiproxy: 'http://t:8474',
      members: 3,
    });
  });

  it('runs every scenario but no specimen with --scenario all', async () => {
    const { plans } = await sim(['--scenario', 'all']);
    expect(plans.map((request) => request.scenario.name)).toEqual(['bank', 'queue']);
  });

  it('runs a specimen by its name', async () => {
    expect((await plan('--scenario', 'broken-lock'))?.scenario.name).toBe('broken-lock');
  });

  it('gives an option to those of all scenarios that have it', async () => {
    const { plans } = await sim(['--scenario', 'all', '--set', 'variant=txn', '--set', 'workers=5']);
    expect(plans.map((request) => request.options)).toEqual([{ workers: 5, variant: 'txn' }, { workers: 5 }]);
  });
});

describe('seeds', () => {
  it('counts from 0', async () => {
    expect(seedsOf(await sim(['--scenario', 'bank', '--seeds', '3']))).toEqual([0, 1, 2]);
  });

  it('counts from --seed', async () => {
    expect(seedsOf(await sim(['--scenario', 'bank', '--seed', '7', '--seeds', '2']))).toEqual([7, 8]);
  });

  it('takes a range with both ends', async () => {
    expect(seedsOf(await sim(['--scenario', 'bank', '--seeds', '4..6']))).toEqual([4, 5, 6]);
  });

  it('reaches the largest seed', async () => {
    expect(seedsOf(await sim(['--scenario', 'bank', '--seed', '4294967294', '--seeds', '2']))).toEqual([
      4294967294, 4294967295,
    ]);
  });
});
