/** What the page of a sweep gets from the seeds and from the end of a scenario. */
import { describe, expect, it } from 'vitest';
import { recordOf } from '../../sim/explore/seed-record.js';
import { Tally } from '../../sim/explore/tally.js';
import { SweepCollector } from '../../sim/report/page/collect-sweep.js';
import type { RunResult } from '../../sim/run/run-result.js';
import { failureKindOf } from '../../sim/run/signature.js';
import { buildRun } from './fixture.js';

function collect(results: readonly RunResult[], seedsPlanned = results.length) {
  const collector = new SweepCollector();
  const tally = new Tally({ scenario: 'bank', seedsPlanned, bail: Infinity });
  collector.begin();
  for (const result of results) {
    const record = recordOf(result);
    tally.add(record);
    collector.seed(record);
  }
  const first = results.find(({ verdict }) => verdict === 'violated');
  const sweep = tally.result({ wallTimeMs: 1000, interrupted: false, outOfTime: false });
  const small = first && { ...first, replay: 'sim replay small.json' };
  collector.scenario({
    scenario: 'bank',
    seeds: { first: 1, last: seedsPlanned },
    outcome: first === undefined ? 'satisfied' : 'violated',
    sweep:
      first === undefined || small === undefined ? sweep : { ...sweep, firstFailure: first, shrunk: small },
    failures: first === undefined ? [] : [{ signature: failureKindOf(first), seeds: [], result: first }],
    differences: [],
  });
  return collector.scenarios[0];
}

describe('the collected sweep', () => {
  it('has a group for each kind of failure, with the smallest run of the one that was shrunk', () => {
    const runs = [
      buildRun({ seed: 1 }),
      buildRun({ seed: 2, violated: true }),
      buildRun({ seed: 3, inconclusive: true }),
      buildRun({ seed: 4, violated: true, faults: true }),
    ];
    const swept = collect(runs);
    expect(swept?.failures.map(({ signature, seeds }) => [signature, seeds])).toEqual([
      ['check sum-conserved', [2, 4]],
      [failureKindOf(buildRun({ inconclusive: true })), [3]],
    ]);
    expect(swept?.failures[0]?.smallest?.replay).toBe('sim replay small.json');
    expect(swept?.failures[0]?.replays).toEqual([runs[1]?.replay, runs[3]?.replay]);
    expect(swept?.failures[1]?.smallest).toBeUndefined();
    expect([swept?.verdict, swept?.satisfied, swept?.endedEarly]).toEqual(['violated', 1, false]);
  });

  it('counts operations, faults that hit, marks and counters of the seeds that hold', () => {
    const swept = collect([
      buildRun({ seed: 1, nodes: 2, operationsPerNode: 3, faults: true }),
      buildRun({ seed: 2, nodes: 1, operationsPerNode: 5 }),
      buildRun({ seed: 3, nodes: 9, violated: true }),
    ]);
    const values = Object.fromEntries(
      (swept?.distributions ?? []).map(({ name, values: own }) => [name, own]),
    );
    expect(values['operations']).toEqual([6, 5]);
    expect(values['faults that hit']?.[1]).toBe(0);
    expect(values['faults that hit']?.[0]).toBeGreaterThan(0);
    expect(values['conflicts']).toEqual([14, 7]);
    expect(values['marks reached']).toHaveLength(2);
  });

  it('says when a sweep ended early', () => {
    expect(collect([buildRun({ seed: 1 })], 5)?.endedEarly).toBe(true);
  });
});
