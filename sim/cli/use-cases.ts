/**
 * What the commands set in motion, each part loaded when it is first used: a simulated run loads nothing of the
 * real backend, and `sim list` loads neither. Tests put their own machinery in its place.
 */
import type { Backend } from '../backend/backend.js';
import type { Budget } from '../engine/engine.js';
import type { ShrunkRun, WrittenReport } from '../report/write.js';
import type { ShrinkResult } from '../explore/shrink/shrink.js';
import type { Explanation } from '../run/explanation.js';
import type { CliEnvironment } from './environment.js';
import type { ExplainOrder } from '../harness/explain-failure.js';
import type { Corpus } from '../harness/corpus/rerun-corpus.js';
import type { ShrinkOrder } from '../harness/shrink-failure.js';
import type { ConformanceOrder, ConformanceReport } from '../conformance/compare-with-real.js';
import type { SeedRequest } from '../explore/explore-seed.js';
import type { RunResult } from '../run/run-result.js';
import type { RunRequest as RunPlanRequest } from '../harness/run-plan.js';
import type { SweepResult } from '../explore/sweep-result.js';
import type { Inspection } from './commands/doctor-command.js';
import type { GivenParts } from './commands/inspect-real-parts.js';
import type { TextStyle } from '../report/terminal.js';
import type { ServedEtcd, ServeOptions } from '../serve/serve.js';
import type { RunRequest } from './arguments/run-parameters.js';

export interface Machinery {
  /** Runs one seed. */
  exploreSeed(request: SeedRequest): Promise<RunResult>;
  runPlan(request: RunPlanRequest): Promise<RunResult>;
  /** @param progress told in one line each what takes time, such as building etcd */
  createBackend(request: RunRequest, progress: (line: string) => void): Promise<Backend>;
  /** The result for people; its last line is the replay command where the run failed. */
  formatRun(result: RunResult, style: TextStyle): Promise<string>;
  formatSweep(result: SweepResult, style: TextStyle): Promise<string>;
  /** The result as one line of JSON. */
  formatJson(result: RunResult | SweepResult): Promise<string>;
  /** Writes the HTML report, the repro of a failure, and both of what shrinking made of it. */
  writeReport(
    result: RunResult,
    directory: string,
    budget: Budget,
    shrunk?: ShrunkRun,
  ): Promise<WrittenReport>;
  /** Makes a failing run as small as its failure allows. */
  shrinkFailure(order: ShrinkOrder, environment: CliEnvironment): Promise<ShrinkResult>;
  /** Says why a run failed; undefined where that cannot be said, which it tells. */
  explainFailure(order: ExplainOrder, environment: CliEnvironment): Promise<Explanation | undefined>;
  /** What is kept of failures. @param tell told in one line of what cannot be read or written */
  openCorpus(directory: string, tell: (line: string) => void): Promise<Corpus>;
  /** Serves the in-memory etcd on ports. */
  serveEtcd(options: ServeOptions): Promise<Pick<ServedEtcd, 'endpoints' | 'close'>>;
  /** Starts real etcds and compares; progress is told in one line each. */
  compareWithReal(request: ConformanceOrder): Promise<ConformanceReport>;
  /** Looks for what the real backend needs, without starting or building any of it. */
  inspect(given: GivenParts): Promise<readonly Inspection[]>;
}

export const machinery: Machinery = {
  async exploreSeed(request) {
    const { exploreSeed } = await import('../explore/explore-seed.js');
    return exploreSeed(request);
  },
  async runPlan(request) {
    const { runPlan } = await import('../harness/run-plan.js');
    return runPlan(request);
  },
  async createBackend(request, progress) {
    switch (request.backend) {
      case 'simulated': {
        const { createSimulatedBackend } = await import('../backend/simulated.js');
        const { Ambient } = await import('../engine/ambient/ambient.js');
        // Putting everything back after each run is a large part of a short one.
        Ambient.install();
        return createSimulatedBackend();
      }
      case 'real': {
        const { createRealBackend } = await import('../backend/real.js');
        const { endpoints, toxiproxy } = request;
        return createRealBackend({
          progress,
          ...(endpoints === undefined ? {} : { endpoints }),
          ...(toxiproxy === undefined ? {} : { toxiproxy }),
        });
      }
      default:
        return request.backend satisfies never;
    }
  },
  async formatRun(result, style) {
    const { formatRun } = await import('../report/terminal.js');
    return formatRun(result, style);
  },
  async formatSweep(result, style) {
    const { formatSweep } = await import('../report/terminal.js');
    return formatSweep(result, style);
  },
  async formatJson(result) {
    const { formatJson } = await import('../report/json.js');
    return formatJson(result);
  },
  async writeReport(result, directory, budget, shrunk) {
    const { writeReport } = await import('../report/write.js');
    return writeReport(result, directory, budget, shrunk);
  },
  async shrinkFailure(order, environment) {
    const { shrinkFailure } = await import('../harness/shrink-failure.js');
    return shrinkFailure(order, environment);
  },
  async explainFailure(order, environment) {
    const { explainFailure } = await import('../harness/explain-failure.js');
    return explainFailure(order, environment);
  },
  async openCorpus(directory, tell) {
    const { CorpusStore } = await import('../harness/corpus/corpus-store.js');
    return new CorpusStore(directory, tell);
  },
  async serveEtcd(options) {
    const { serveEtcd } = await import('../serve/serve.js');
    return serveEtcd(options);
  },
  async compareWithReal(request) {
    const { compareWithReal } = await import('../conformance/compare-with-real.js');
    return compareWithReal(request);
  },
  async inspect(given) {
    const { inspectRealParts } = await import('./commands/inspect-real-parts.js');
    return inspectRealParts(given);
  },
};
