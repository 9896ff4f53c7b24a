/**
 * Collects what the page of a sweep needs while the sweep runs. Invariant: it keeps a few numbers of each seed, and no
 * run.
 */
import { isLost, type RunRecord, type SeedRecord } from '../../explore/seed-record.js';
import { describeSize } from '../../plan/plan.js';
import type { Verdict } from '../../run/run-result.js';
import { kindsOf } from '../reported-kinds.js';
import type { ScenarioReport } from '../reporter.js';
import type { Distribution, KindOfFailure, SweptScenario } from './sweep-data.js';

/** A list of commands needs no more. */
const REPLAYS_MAX = 10;

export class SweepCollector {
  readonly #scenarios: SweptScenario[] = [];
  #records: RunRecord[] = [];
  #replays = new Map<string, string[]>();

  /** The sweeps that have ended. */
  get scenarios(): readonly SweptScenario[] {
    return this.#scenarios;
  }

  /** A scenario begins. */
  begin(): void {
    this.#records = [];
    this.#replays = new Map();
  }

  seed(record: SeedRecord): void {
    if (isLost(record)) return;
    const { finding } = record;
    if (finding === undefined) {
      this.#records.push(record);
      return;
    }
    const replays = this.#replays.get(finding.signature) ?? [];
    this.#replays.set(finding.signature, replays);
    if (replays.length < REPLAYS_MAX) replays.push(finding.replay);
  }

  /** The scenario has ended; one run is no sweep. */
  scenario(report: ScenarioReport): void {
    const { sweep } = report;
    if (sweep === undefined) return;
    this.#scenarios.push({
      scenario: report.scenario,
      verdict: verdictOf(report),
      seedsPlanned: sweep.seedsPlanned,
      seedsRun: sweep.seedsRun,
      wallTimeMs: sweep.wallTimeMs,
      endedEarly: sweep.seedsRun + sweep.lost.length < sweep.seedsPlanned,
      blocked: sweep.blocked,
      lost: sweep.lost,
      failures: this.#failures(report),
      satisfied: this.#records.length,
      distributions: distributionsOf(this.#records),
      marks: sweep.marks,
    });
  }

  #failures(report: ScenarioReport): KindOfFailure[] {
    const [shown] = report.failures;
    const small = report.sweep?.shrunk;
    return kindsOf(report).map(({ signature, verdict, message, seeds, replay }) => ({
      signature,
      verdict,
      message,
      seedCount: seeds.length,
      seeds,
      replays: this.#replays.get(signature) ?? [replay],
      ...(small !== undefined && shown?.signature === signature
        ? { smallest: { size: describeSize(small.plan), replay: small.replay } }
        : {}),
    }));
  }
}

function verdictOf({ outcome, sweep }: ScenarioReport): Verdict {
  if (outcome === 'satisfied' || outcome === 'violated' || outcome === 'inconclusive') return outcome;
  return sweep?.failures.some(({ verdict }) => verdict === 'violated') === true ? 'violated' : 'inconclusive';
}

/** Counts that most scenarios have come first. */
function distributionsOf(records: readonly RunRecord[]): Distribution[] {
  const of = (name: string, value: (record: RunRecord) => number | undefined): Distribution => ({
    name,
    values: records.map(value).filter((one) => one !== undefined),
  });
  const counters = [...new Set(records.flatMap((record) => Object.keys(record.counters)))];
  return [
    of('operations', ({ operations }) => operations),
    of('faults that hit', ({ faults }) => faults),
    of('marks reached', ({ reached }) => reached.length),
    ...counters.map((name) => of(name, (record) => record.counters[name])),
  ].filter(({ values }) => values.length > 0);
}
