/** A world for the command line: outputs that remember, scenarios that do nothing, useCases that answers at once. */
import fc from 'fast-check';
import type { Backend } from '../../sim/backend/backend.js';
import type { CliEnvironment, TextOutput } from '../../sim/cli/environment.js';
import type { UseCases } from '../../sim/cli/use-cases.js';
import { main } from '../../sim/cli/main.js';
import type { RunSettings } from '../../sim/cli/arguments/run-parameters.js';
import type { PlanRequest } from '../../sim/explore/plan-request.js';
import type { RunResult, Verdict } from '../../sim/run/run-result.js';
import type { RunRequest } from '../../sim/harness/run-plan.js';
import type { OptionSpecs } from '../../sim/plan/options.js';
import type { Scenario } from '../../sim/scenario/scenario.js';

export class Memory implements TextOutput {
  text = '';
  constructor(
    readonly isTTY = false,
    readonly columns = 100,
  ) {}
  write(text: string): void {
    this.text += text;
  }
  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

function scenarioNamed(name: string, options: OptionSpecs = {}): Scenario {
  return {
    name,
    description: `does what ${name} does`,
    options,
    nodes: () => fc.constant([]),
    setup: () => Promise.resolve(),
    run: () => Promise.resolve(),
    checks: () => [],
    summarize: () => [],
  };
}

export const bank = scenarioNamed('bank', {
  workers: { type: 'integer', default: 10, min: 1, max: 100, description: 'how many workers there are' },
  variant: {
    type: 'choice',
    default: 'stm',
    choices: ['stm', 'txn', 'etcd3', 'lost-update'],
    description: 'how a transfer is done',
  },
});
export const queue = scenarioNamed('queue', {
  workers: { type: 'integer', default: 2, min: 1, max: 9, description: 'how many workers there are' },
});
/** It is about more than one member. */
const broken: Scenario = { ...scenarioNamed('broken-lock'), members: 3 };

/** What a fake run answers. */
export interface FakeAnswer {
  readonly verdict?: Verdict;
  readonly hash?: string;
}

export interface FakeWorld {
  /** Answers the run with this seed; `attempt` counts the runs of the seed from 1. */
  readonly answer?: (seed: number, attempt: number) => FakeAnswer | Promise<FakeAnswer>;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdout?: Memory;
  readonly stderr?: Memory;
  readonly signal?: AbortSignal;
  readonly outliveExceptions?: CliEnvironment['outliveExceptions'];
  readonly useCases?: Partial<UseCases>;
}

/** What a command did. */
export interface Done {
  readonly code: number;
  readonly stdout: Memory;
  readonly stderr: Memory;
  readonly plans: readonly PlanRequest[];
  readonly runs: readonly RunRequest[];
  readonly backends: readonly Pick<RunSettings, 'backend' | 'endpoints' | 'toxiproxy'>[];
  /** Directories that reports were written to. */
  readonly reports: readonly string[];
}

/** Runs the command in a fake world. */
export async function sim(argv: readonly string[], world: FakeWorld = {}): Promise<Done> {
  const { stdout = new Memory(), stderr = new Memory() } = world;
  const plans: PlanRequest[] = [];
  const runs: RunRequest[] = [];
  const backends: Pick<RunSettings, 'backend' | 'endpoints' | 'toxiproxy'>[] = [];
  const reports: string[] = [];
  const attempts = new Map<number, number>();
  const useCases: UseCases = {
    exploreSeed: ({ run, progress: _, ...request }) => {
      plans.push(request);
      const { scenario, seed, options } = request;
      return run({
        scenario: scenario.name,
        seed,
        options,
        etcdVersion: request.etcdVersion ?? '3.6',
        members: Array.from({ length: request.members }, (_, index) => `m${index + 1}`),
        nodes: [],
        faults: [],
        network: { oneWayDelayMinUs: 1, oneWayDelayMaxUs: 2 },
      });
    },
    runPlan: async (request) => {
      runs.push(request);
      const { seed } = request.plan;
      const attempt = (attempts.get(seed) ?? 0) + 1;
      attempts.set(seed, attempt);
      return resultOf(request, (await world.answer?.(seed, attempt)) ?? {});
    },
    createBackend: (request) => {
      backends.push(request);
      return Promise.resolve(fakeBackend(request.backend));
    },
    formatRun: (result) => Promise.resolve(`run ${result.plan.seed} ${result.verdict}\n${result.replay}\n`),
    formatSweep: (result) =>
      Promise.resolve(
        `sweep of ${result.scenario}, ${result.seedsRun} seeds, ${result.failures.length} failed\n${result.firstFailure?.replay ?? 'all well'}\n`,
      ),
    formatJson: (result) => Promise.resolve(JSON.stringify(result)),
    writeReport: (_result, directory) => {
      reports.push(directory);
      return Promise.resolve({ page: `${directory}/latest/index.html` });
    },
    writePage: () => Promise.resolve(),
    writeText: () => Promise.resolve(),
    shrinkFailure: ({ failure }) =>
      Promise.resolve({ signature: 'check sum', smallest: failure, runs: 0, complete: true }),
    explainFailure: () => Promise.resolve(undefined),
    openCorpus: () =>
      Promise.resolve({
        fileOf: ({ name, state }) => `corpus/${state}/${name}.json`,
        read: () => Promise.resolve([]),
        keep: () => Promise.resolve(undefined),
        move: () => Promise.resolve(),
      }),
    openJournal: () =>
      Promise.resolve({
        of: () => ({ past: undefined, known: () => undefined, seed: () => undefined }),
        close: () => undefined,
      }),
    compareWithReal: () => Promise.reject(new Error('a fake useCases compares nothing')),
    serveEtcd: () => Promise.reject(new Error('a fake useCases serves nothing')),
    inspect: () => Promise.resolve([]),
    ...world.useCases,
  };
  let nowMs = 0;
  const environment: CliEnvironment = {
    version: '1.2.3',
    scenarios: [bank, queue],
    specimens: [broken],
    stdout,
    stderr,
    env: world.env ?? {},
    cwd: world.cwd ?? import.meta.dirname,
    signal: world.signal ?? new AbortController().signal,
    outliveExceptions: world.outliveExceptions ?? (() => () => undefined),
    nowMs: () => (nowMs += 50),
    timeOfDay: () => '2026-11-29T02:00:00.000Z',
  };
  const code = await main(argv, environment, useCases);
  return { code, stdout, stderr, plans, runs, backends, reports };
}

function fakeBackend(name: Backend['name']): Backend {
  return { name, execute: () => Promise.reject(new Error('a fake backend executes nothing')) };
}

function resultOf(request: RunRequest, answer: FakeAnswer): RunResult {
  const { verdict = 'satisfied', hash = 'h' } = answer;
  const check = { check: 'sum', description: 'the sum stays the same' };
  const checks = {
    satisfied: { ...check, verdict: 'satisfied' as const },
    violated: {
      ...check,
      verdict: 'violated' as const,
      message: 'the sum is 499',
      operations: [],
      revisions: [],
    },
    inconclusive: { ...check, verdict: 'inconclusive' as const, reason: 'too many operations are open' },
  };
  return {
    version: '1.2.3',
    backend: request.backend.name,
    plan: request.plan,
    verdict,
    checks: [checks[verdict]],
    problems: [],
    faults: [],
    operations: [],
    log: [],
    summary: [],
    counters: { calls: 10 },
    wallTimeMs: 1,
    ...(request.backend.name === 'simulated' ? { virtualTimeMs: 5, trace: { hash, events: 3 } } : {}),
    replay: request.replay,
  };
}
