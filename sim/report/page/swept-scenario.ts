/**
 * Makes what the page of a sweep shows of a scenario, while the sweep runs. Invariant: it keeps a few numbers of each seed
 * that holds, and no run.
 */
import { isLost, type SeedRecord } from '../../explore/seed-record.js';
import { describeSize } from '../../plan/plan.js';
import type { Verdict } from '../../run/run-result.js';
import { kindsOf } from '../reported-kinds.js';
import type { ScenarioReport } from '../reporter.js';
import type { SweptScenario } from './sweep-data.js';

export class SweptCollector {
  readonly #values = new Map<string, number[]>();

  /** Takes the next seed. */
  seed(record: SeedRecord): void {
    if (isLost(record) || record.finding !== undefined) return;
    for (const [name, count] of Object.entries(record.counters)) {
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [count]);
      else values.push(count);
    }
  }

  /** Undefined where no seed was to run. */
  scenario(report: ScenarioReport): SweptScenario | undefined {
    const { sweep, failures } = report;
    if (sweep === undefined) return undefined;
    const { seedsPlanned, seedsRun, wallTimeMs, blocked, lost, marks } = sweep;
    const replayOf = new Map(sweep.failures.map(({ seed, replay }) => [seed, replay]));
    const [shown] = failures;
    return {
      ...{ scenario: report.scenario, seedsPlanned, seedsRun, wallTimeMs, blocked, lost, marks },
      verdict: verdictOf(report.outcome),
      endedEarly: seedsRun < seedsPlanned,
      failures: kindsOf({ sweep, failures, run: undefined, known: undefined }).map((kind) => {
        const { signature, verdict, message, seeds, replay } = kind;
        const isShrunk = signature === shown?.signature && sweep.shrunk !== undefined;
        return {
          ...{ signature, verdict, message, seeds, seedCount: seeds.length },
          replays: seeds.slice(0, REPLAYS_MAX).map((seed) => replayOf.get(seed) ?? ''),
          ...(isShrunk ? { smallest: { size: describeSize(sweep.shrunk.plan), replay } } : {}),
        };
      }),
      satisfied: seedsRun - sweep.failures.length - blocked,
      distributions: [...this.#values].map(([name, values]) => ({ name, values })),
    };
  }
}

const REPLAYS_MAX = 10;

/** A sweep that lost seeds, or was ended, has not shown enough. */
function verdictOf(outcome: ScenarioReport['outcome']): Verdict {
  return outcome === 'satisfied' || outcome === 'violated' ? outcome : 'inconclusive';
}
