/** Runs a reporter over reports, and keeps what it writes. */
import type { CreateReporter, Reporter, ReporterHost, ScenarioReport } from '../../../sim/report/reporter.js';
import { recordOf, type SeedRecord } from '../../../sim/explore/seed-record.js';
import { failureKindOf } from '../../../sim/run/signature.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { buildRun, buildSweep } from '../fixture.js';

export interface Said {
  readonly text: string;
  /** What it told, a line each. */
  readonly told: readonly string[];
}

export async function report(
  create: CreateReporter,
  reports: readonly ScenarioReport[],
  more: Partial<ReporterHost> = {},
): Promise<Said> {
  let text = '';
  const told: string[] = [];
  const host: ReporterHost = {
    ...{ color: false, width: 80, hasFile: true, env: {}, cwd: '/project' },
    write: (part) => void (text += part),
    append: () => Promise.resolve(),
    tell: (line) => void told.push(line),
    ...more,
  };
  const reporter: Reporter = await create(host);
  for (const one of reports) {
    await reporter.begin?.(one.scenario, one.seeds);
    for (const record of recordsOf(one)) await reporter.seed?.(record);
    await reporter.scenario?.(one);
  }
  await reporter.end?.();
  return { text, told };
}

function recordsOf({ sweep }: ScenarioReport): SeedRecord[] {
  return (sweep?.failures ?? []).map(({ seed, ...finding }) => ({
    ...{ seed, finding, counters: {}, reached: [], missed: [] },
  }));
}

/** A sweep that is violated in the runs, or holds. */
export function reportOf(failing: readonly RunResult[], scenario = 'bank'): ScenarioReport {
  const failures = failing.map((result) => ({
    signature: failureKindOf(result),
    seeds: [result.plan.seed],
    result,
  }));
  const sweep = {
    ...buildSweep(failing),
    scenario,
    failures: failing.flatMap((result) => {
      const { finding } = recordOf(result);
      return finding === undefined ? [] : [{ seed: result.plan.seed, ...finding }];
    }),
  };
  const outcome = failing.length === 0 ? 'satisfied' : 'violated';
  return { scenario, seeds: { first: 0, last: 19 }, outcome, sweep, failures, differences: [] };
}

/** A violated run with this name of its check, and this message. */
export function violated(seed: number, check: string, message: string): RunResult {
  const run = buildRun({ seed, violated: true });
  const checks = [
    { check, description: message, verdict: 'violated' as const, message, operations: [], revisions: [] },
  ];
  return { ...run, checks };
}
