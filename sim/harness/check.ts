/** Checks a scenario: runs many seeds and reports the findings. It needs neither a terminal nor a process. */
import { createSimulatedBackend } from '../backend/simulated.js';
import { startStopwatch } from '../backend/stopwatch.js';
import type { Heartbeat } from '../engine/heartbeat.js';
import type { Scenario } from '../scenario/scenario.js';
import { bailOf, callOf, parametersOf, seedRangeOf, type CheckOptions } from './check-options.js';
import { CheckError, reported, type CheckReport } from './check-report.js';
import { Checker } from './checker.js';
import { expectCheckOptions } from './expect-check-options.js';
import { listening, type Listening } from './listening.js';
import { CorpusStore } from './corpus/corpus-store.js';
import { SHRINK_EVENTS_MAX, SHRINK_RUNS_MAX } from '../run/budget.js';
import { steps } from './steps.js';
import { watched } from './watched.js';
import { withCounted, workersWorth } from './workers/count.js';

/** How many different failures are shrunk and explained. */
const ANALYSES_MAX = 5;

/**
 * Runs the seeds and reports.
 *
 * @throws InputError, ScenarioError if the request is invalid; EscapeError if a node leaves the simulation
 */
export async function check(scenario: Scenario, options: CheckOptions = {}): Promise<CheckReport> {
  const asked = expectCheckOptions(options);
  return watched(asked.watchdogSeconds, (heartbeat) =>
    listening(asked, (given) => checkWith(scenario, asked, given, heartbeat)),
  );
}

async function checkWith(
  scenario: Scenario,
  options: CheckOptions,
  { signal, onProgress }: Listening,
  heartbeat: Heartbeat | undefined,
): Promise<CheckReport> {
  const parameters = parametersOf(scenario, options);
  const seeds = seedRangeOf(options);
  const { backend = createSimulatedBackend(), shrink = true, explain = true } = options;
  const isSimulated = backend.name === 'simulated';
  const notice = (text: string): void => void onProgress?.({ kind: 'notice', text });
  const isOneProcess = options.backend !== undefined || options.checkDeterminism === true;
  const { watchdogSeconds } = options;
  const workers = isOneProcess ? 1 : options.workers;
  const count = workers ?? workersWorth(seeds.last - seeds.first + 1);
  return withCounted({ workers, parameters, watchdogSeconds, signal }, async (pool) => {
    const checker = new Checker({
      parameters,
      seedRuns: count > 1 ? pool?.of(scenario.name, seeds) : undefined,
      planRuns: pool?.plansOf(scenario.name),
      backend,
      ...(options.checkDeterminism === true ? { determinism: {} } : {}),
      mutes: true,
      bail: bailOf(options),
      timeLimitMs: options.timeLimitMs,
      analysesMax: ANALYSES_MAX,
      shrinkRunsMax: shrink && isSimulated ? SHRINK_RUNS_MAX : 0,
      shrinkEventsMax: SHRINK_EVENTS_MAX,
      explains: explain && isSimulated,
      corpus: options.corpus === undefined ? undefined : new CorpusStore(options.corpus, notice),
      heartbeat,
      replayOf: (seed) => callOf(parameters, seed),
      replayOfFile: (file) => `sim replay ${file}`,
      signal,
      steps,
      onProgress,
      nowMs: startStopwatch(),
    });
    const { outcome, sweep, failures, known, differences } = await checker.checkSeeds(seeds);
    await checker.tellOutput();
    const report: CheckReport = {
      scenario: scenario.name,
      outcome,
      failures: failures.map(reported),
      ...(known === undefined ? {} : { known }),
      differences,
      ...(sweep === undefined ? {} : { sweep }),
      budget: parameters.budget,
      assert() {
        if (outcome !== 'satisfied') throw new CheckError(report);
      },
    };
    return report;
  });
}
