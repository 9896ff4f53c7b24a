/**
 * The baseline of bench:bugs is fair: it accuses no correct recipe, it finds everything that needs no expired
 * lease, and it finds it again.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { baselines, rightBaselines, runBaseline, type Baseline } from '../../bench/bugs/baseline/index.js';
import { specimens } from '../../scenarios/index.js';

// Pending requests of a finished run's nodes are rejected when its clients close.
const ignore = (): void => undefined;
beforeAll(() => void process.on('unhandledRejection', ignore));
afterAll(() => void process.off('unhandledRejection', ignore));

it.each(Object.entries(rightBaselines))('does not accuse a correct recipe: %s', async (_, baseline) => {
  expect(await runBaseline(baseline, { seed: 11, runsMax: 60 })).toMatchObject({ caught: false, runs: 60 });
});

it.each(['bank-lost-update', 'mutex-etcd3'])('finds %s', async (name) => {
  const found = await runBaseline(baselines[name] as Baseline, { seed: 1, runsMax: 2000 });
  expect(found).toMatchObject({ caught: true, message: expect.any(String) as string });
});

it('gives the same runs for the same seed', async () => {
  const baseline = baselines['bank-lost-update'] as Baseline;
  const once = await runBaseline(baseline, { seed: 3, runsMax: 2000 });
  expect(await runBaseline(baseline, { seed: 3, runsMax: 2000 })).toEqual(once);
});

it('does not find a lease that expires while its holder is cut off', async () => {
  const baseline = baselines['lease-etcd3'] as Baseline;
  expect(await runBaseline(baseline, { seed: 7, runsMax: 100 })).toMatchObject({ caught: false });
});

it('tests existing specimens', () => {
  const names = specimens.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(baselines)));
});
