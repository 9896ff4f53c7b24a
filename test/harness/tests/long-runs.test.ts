import { expect, it } from 'vitest';
import { sayingLongRuns } from '../../../sim/harness/tests/long-runs.js';

it('says how far a long run is, at most every half minute, for each seed anew', () => {
  const said: string[] = [];
  const listen = sayingLongRuns((line) => void said.push(line));
  const at = (seed: number, elapsedMs: number) =>
    void listen({
      ...{ kind: 'run', scenario: 'a test', seed, elapsedMs, events: 60_000, virtualTimeMs: 3200 },
      busiest: [{ node: 'w1', events: 58_000 }],
    });
  for (const elapsedMs of [500, 9999]) at(1, elapsedMs);
  expect(said).toEqual([]);
  for (const elapsedMs of [10_000, 12_000, 39_999, 40_000]) at(1, elapsedMs);
  at(2, 41_000);
  expect(said.map((line) => /^seed (\d) .*60,000 events.*\bw1\b/.exec(line)?.[1])).toEqual(['1', '1', '2']);
});

it('says nothing of other progress', () => {
  const said: string[] = [];
  void sayingLongRuns((line) => void said.push(line))({ kind: 'notice', text: 'kept' });
  expect(said).toEqual([]);
});
