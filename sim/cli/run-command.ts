/**
 * `sim run`: one seed or a sweep, of one scenario or all. Invariant: results go to stdout and nothing else does; a
 * failing seed of the simulated backend is run a second time, with stacks, and must give the same trace.
 */
import path from 'node:path';
import type { Backend } from '../backend/backend.js';
import { sweep } from '../explore/sweep.js';
import type { RunResult, Verdict } from '../run.js';
import type { CliEnvironment } from './environment.js';
import { exitCodes, worstVerdict, type ExitCode } from './exit-codes.js';
import type { Machinery } from './machinery.js';
import { createProgressDisplay } from './progress.js';
import { replayCommand, type Pinned } from './replay-command.js';
import type { Requests, RunRequest, SeedRange } from './run-request.js';

/** How results are shown and kept. */
export interface Presentation {
  readonly json: boolean;
  readonly color: boolean;
  readonly keepGoing: boolean;
  /** The directory for reports as the user wrote it; undefined for none. */
  readonly reportDirectory: string | undefined;
  readonly pinned: Pinned;
}

interface Session {
  readonly environment: CliEnvironment;
  readonly machinery: Machinery;
  readonly presentation: Presentation;
}

/** Runs everything that is requested; the exit code says how it went. */
export async function runCommand(
  requests: Requests,
  presentation: Presentation,
  environment: CliEnvironment,
  machinery: Machinery,
): Promise<ExitCode> {
  const session: Session = { environment, machinery, presentation };
  const verdicts: Verdict[] = [];
  for (const request of requests.requests) {
    const backend = await machinery.createBackend(request, (line) => {
      environment.stderr.write(`${line}\n`);
    });
    const outcome = await runScenario(session, request, requests.seeds, backend);
    if (outcome === 'interrupted' || outcome === 'nondeterministic') return exitCodes[outcome];
    verdicts.push(outcome);
    if (outcome === 'violated' && !presentation.keepGoing) break;
  }
  return exitCodes[worstVerdict(verdicts)];
}

type Outcome = Verdict | 'interrupted' | 'nondeterministic';

async function runScenario(
  session: Session,
  request: RunRequest,
  seeds: SeedRange,
  backend: Backend,
): Promise<Outcome> {
  const { environment } = session;
  if (seeds.first === seeds.last) {
    const result = await runSeed(session, request, backend, seeds.first, true).catch(ifAborted(environment));
    if (result === undefined) return tellInterrupted(session, 'before the run ended');
    await presentRun(session, result);
    return result.verdict;
  }
  const display = createProgressDisplay(environment.stderr);
  const result = await sweep({
    scenario: request.scenario.name,
    seeds,
    keepGoing: session.presentation.keepGoing,
    runSeed: (seed) => runSeed(session, request, backend, seed, false),
    progress: (progress) => display.show(progress),
    signal: environment.signal,
    nowMs: () => environment.nowMs(),
  }).finally(() => display.end());
  const { firstFailure } = result;
  const again = firstFailure === undefined ? undefined : await runAgain(session, request, backend, firstFailure);
  const report = again ?? firstFailure;
  ...
}
