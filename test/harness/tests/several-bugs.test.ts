/** One test that fails in several ways: each way is a failure of its own, and shrinking does not go from one to another. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkBody } from './one.js';

it('shrinking does not end at another assertion', async () => {
  const { failures } = await checkBody(
    async (sim) => {
      sim.node('a', async ({ client, draw }) => {
        const jobs = draw(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 12 }));
        await client.put('a').value(jobs.length);
        if (jobs.length >= 8) assert.fail(`money lost by job ${jobs.join()}`);
        if (jobs.length === 1) assert.fail('a job without weight');
      });
    },
    { seeds: 100, shrink: true },
  );
  const [first] = failures;
  expect(first?.signature).toMatch(/AssertionError: (money lost|a job without)/);
  const words =
    first?.signature.includes('money') === true ? /money lost by job 0,0,0,0,0,0,0,0$/ : /without weight/;
  expect(first?.smallest.problems).toEqual([
    expect.objectContaining({
      error: { name: 'AssertionError', message: expect.stringMatching(words) as unknown },
    }),
  ]);
});

it('each has its own seeds and its own run', async () => {
  const { failures } = await checkBody(
    async (sim) => {
      sim.node('a', async ({ client, draw }) => {
        const x = draw(fc.integer({ min: 0, max: 9 }));
        await client.put('a').value(x);
        if (x === 3) assert.fail('bug one');
        if (x === 7) assert.fail('bug two');
      });
    },
    { seeds: 60, keepGoing: true },
  );
  const seeds = failures.map((failure) => failure.seeds);
  expect(failures.map(({ signature }) => signature).toSorted()).toEqual([
    'node-error AssertionError: bug one',
    'node-error AssertionError: bug two',
  ]);
  expect(new Set(seeds.flat()).size).toBe(seeds.flat().length);
});
