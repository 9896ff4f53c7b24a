/**
 * Results like those of real runs, for the tests of the reporters: a bank whose nodes transfer money, with
 * faults, witnesses and problems on request. Deterministic: the same request gives the same result.
 */
import type { CheckResult } from '../../sim/check/check.js';
import type { SweepResult } from '../../sim/explore/sweep-result.js';
import { kindOf, type Fault } from '../../sim/faults/index.js';
import type { LogEntry, Operation, Outcome } from '../../sim/history/history.js';
import type { FaultRecord, Problem, RunResult } from '../../sim/run/run-result.js';
import { verdictOf } from '../../sim/harness/run-plan.js';

export interface FixtureRequest {
  readonly seed?: number;
  readonly nodes?: number;
  readonly operationsPerNode?: number;
  readonly faults?: boolean;
  /** A check that is violated, with witnesses from the history. */
  readonly violated?: boolean;
  readonly inconclusive?: boolean;
  /** The last operation of these many nodes never returns, and nothing is left to happen. */
  readonly deadlockedNodes?: number;
  readonly nodeError?: boolean;
  readonly backend?: RunResult['backend'];
}

/** A linear congruential generator (the constants of Numerical Recipes). */
class Lcg {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}

const accounts = ['acc1', 'acc2', 'acc3', 'acc4', 'acc5'] as const;

/** Builds one run. */
export function buildRun(request: FixtureRequest = {}): RunResult {
  const { seed = 42, nodes = 3, operationsPerNode = 4, backend = 'simulated' } = request;
  const { operations, log, balances, endUs } = buildHistory(new Lcg(seed), request, nodes, operationsPerNode);
  const nodeNames = Array.from({ length: nodes }, (_, index) => `n${index + 1}`);
  const faults: readonly Fault[] = request.faults === true ? buildFaults(nodeNames, endUs) : [];
  const checks = buildChecks(request, operations, log);
  const problems = buildProblems(request, operations);
  return {
    version: '0.1.0',
    backend,
    plan: {
      scenario: 'bank',
      seed,
      options: { accounts: 5, balance: 100, workers: nodes, transfers: operationsPerNode, variant: 'stm' },
      etcdVersion: '3.6',
      members: ['m1', 'm2', 'm3'],
      nodes: nodeNames.map((name) => ({
        name,
        operations: operations
          .filter(({ node }) => node === name)
          .map(({ id, name: operationName, input }) => ({ id, name: operationName, input })),
      })),
      faults,
      network: { oneWayDelayMinUs: 120, oneWayDelayMaxUs: 980 },
    },
    verdict: verdictOf(checks, problems),
    checks,
    problems,
    faults: faults.map((fault, index) => recordOf(fault, index, endUs)),
    operations,
    log,
    summary: [
      ...accounts.map((account) => ({ label: account, value: String(balances.get(account) ?? 0) })),
      { label: 'sum', value: String([...balances.values()].reduce((sum, balance) => sum + balance, 0)) },
    ],
    counters: { conflicts: nodes * 7, calls: operations.length * 4, messages: operations.length * 9 + 3 },
    ...(backend === 'real' ? {} : { virtualTimeMs: endUs / 1000 }),
    wallTimeMs: 148.25,
    ...(backend === 'real'
      ? {}
      : { trace: { hash: '6b1f0c9ad2e84375916f27d0c3ab58e4', events: operations.length * 41 } }),
    replay: `sim --seed ${seed} --scenario bank${backend === 'real' ? ' --backend real' : ''}`,
  };
}

/** A sweep of twenty seeds with some failures. */
export function buildSweep(failing: readonly RunResult[]): SweepResult {
  const [firstFailure] = failing;
  return {
    scenario: 'bank',
    seedsPlanned: 20,
    seedsRun: 20,
    failures: failing.flatMap(({ plan, verdict, replay }) =>
      verdict === 'satisfied'
        ? []
        : [
            {
              seed: plan.seed,
              verdict,
              signature: verdict === 'violated' ? 'check sum-conserved' : 'inconclusive budget',
              message: `${verdict} in seed ${plan.seed}: the sum is 475, not 500`,
              replay,
            },
          ],
    ),
    counters: { conflicts: 420, calls: 9600, messages: 21660 },
    blocked: 0,
    lost: [],
    marks: [],
    wallTimeMs: 1840,
    interrupted: false,
    outOfTime: false,
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

function buildHistory(random: Lcg, request: FixtureRequest, nodes: number, operationsPerNode: number) {
  const balances = new Map<string, number>(accounts.map((account) => [account, 100]));
  const versions = new Map<string, number>(accounts.map((account) => [account, 1]));
  const log: LogEntry[] = accounts.map((key, index) => ({
    revision: index + 2,
    events: [{ type: 'put', key, value: '100', createRevision: index + 2, version: 1 }],
  }));
  interface Draft {
    readonly id: string;
    readonly node: string;
    readonly from: string;
    readonly to: string;
    readonly invokeUs: number;
    readonly returnUs: number | undefined;
    readonly fate: number;
  }
  const drafts: Draft[] = [];
  for (let node = 1; node <= nodes; node++) {
    let timeUs = 2000 + random.below(3000);
    for (let index = 1; index <= operationsPerNode; index++) {
      const from = random.below(accounts.length);
      const to = (from + 1 + random.below(accounts.length - 1)) % accounts.length;
      const takesUs = 900 + random.below(2600) + (random.below(20) === 0 ? random.below(40_000) : 0);
      const stuck = index === operationsPerNode && node <= (request.deadlockedNodes ?? 0);
      drafts.push({
        id: `n${node}-${index}`,
        node: `n${node}`,
        from: accounts[from] ?? '',
        to: accounts[to] ?? '',
        invokeUs: timeUs,
        returnUs: stuck ? undefined : timeUs + takesUs,
        fate: random.below(100),
      });
      timeUs += takesUs + random.below(700);
    }
  }
  const moments = drafts
    .flatMap((draft) => [
      { draft, kind: 'invoke' as const, timeUs: draft.invokeUs },
      ...(draft.returnUs === undefined ? [] : [{ draft, kind: 'return' as const, timeUs: draft.returnUs }]),
    ])
    .sort((a, b) => a.timeUs - b.timeUs);
  const built = new Map<string, Operation>();
  moments.forEach(({ draft, kind, timeUs }, sequence) => {
    const { id, node, from, to } = draft;
    if (kind === 'invoke') {
      built.set(id, { id, node, name: 'transfer', input: { from, to }, invoke: { sequence, timeUs } });
      return;
    }
    const invoked = built.get(id);
    if (invoked === undefined) return;
    const moved = Math.floor((balances.get(from) ?? 0) / 2);
    let outcome: Outcome;
    if (draft.fate < 2) {
      outcome = {
        kind: 'failed',
        error: { name: 'STMConflictError', message: 'too many conflicts, gave up after 10' },
      };
    } else {
      const revision = (log.at(-1)?.revision ?? 1) + 1;
      for (const [key, by] of [[from, -moved] as const, [to, moved] as const]) {
        balances.set(key, (balances.get(key) ?? 0) + by);
        versions.set(key, (versions.get(key) ?? 0) + 1);
      }
      const events = [from, to].map((key) => ({
        type: 'put' as const,
        key,
        value: String(balances.get(key) ?? 0),
        createRevision: accounts.indexOf(key as (typeof accounts)[number]) + 2,
        version: versions.get(key) ?? 1,
      }));
      log.push({ revision, events });
      outcome =
        draft.fate < 6
          ? {
              kind: 'indefinite',
              error: { name: 'GRPCUnavailableError', message: '14 UNAVAILABLE: Connection dropped' },
            }
          : { kind: 'ok', output: { moved }, revision };
    }
    built.set(id, { ...invoked, return: { sequence, timeUs }, outcome });
  });
  const endUs = (moments.at(-1)?.timeUs ?? 0) + 1500;
  return { operations: [...built.values()], log, balances, endUs };
}

function buildFaults(nodes: readonly string[], endUs: number): readonly Fault[] {
  const spanMs = Math.max(10, Math.floor(endUs / 1000));
  const at = (share: number) => Math.floor(spanMs * share);
  const node = (index: number) => nodes[index % nodes.length] ?? 'n1';
  const faults: Fault[] = [
    {
      kind: 'latency',
      node: node(1),
      member: 'm1',
      atMs: at(0.05),
      durationMs: at(0.3),
      latencyMs: 18,
      jitterMs: 6,
    },
    { kind: 'partition', node: node(2), member: 'm2', atMs: at(0.2), durationMs: at(0.15) },
    { kind: 'connection-reset', node: node(4), member: 'm1', atMs: at(0.45), durationMs: 0 },
    { kind: 'member-restart', member: 'm3', atMs: at(0.5), durationMs: at(0.1) },
    { kind: 'reply-lost', node: node(7), member: 'm1', atMs: at(0.7), durationMs: at(0.06) },
    { kind: 'request-lost', node: node(0), member: 'm2', atMs: spanMs * 3, durationMs: 40 },
  ];
  return faults;
}

function recordOf(fault: Fault, index: number, endUs: number): FaultRecord {
  const text = kindOf(fault).describe(fault);
  const startedUs = fault.atMs * 1000;
  if (startedUs > endUs) return { index, kind: fault.kind, text, hits: 0 };
  const hits = fault.kind === 'connection-reset' ? 0 : 3 + index * 4;
  return { index, kind: fault.kind, text, startedUs, endedUs: startedUs + fault.durationMs * 1000, hits };
}

function buildChecks(
  request: FixtureRequest,
  operations: readonly Operation[],
  log: readonly LogEntry[],
): CheckResult[] {
  const middle = Math.floor(operations.length / 2);
  const witnesses = operations.slice(middle, middle + 2).map(({ id }) => id);
  const revision = log[Math.floor(log.length / 2)]?.revision ?? 0;
  return [
    request.violated === true
      ? {
          check: 'sum-conserved',
          description: 'The balances add up to 500 in every revision.',
          verdict: 'violated',
          message: `At revision ${revision} the balances add up to 475: one of two concurrent transfers was overwritten by the other.`,
          operations: witnesses,
          revisions: [revision],
        }
      : {
          check: 'sum-conserved',
          description: 'The balances add up to 500 in every revision.',
          verdict: 'satisfied',
        },
    { check: 'no-overdraft', description: 'No balance is ever below 0.', verdict: 'satisfied' },
    request.inconclusive === true
      ? {
          check: 'exactly-once',
          description: 'What was reported ok is in the log once, what failed is not there.',
          verdict: 'inconclusive',
          reason: 'The search gave up after 1,000,000 states.',
        }
      : {
          check: 'exactly-once',
          description: 'What was reported ok is in the log once, what failed is not there.',
          verdict: 'satisfied',
        },
  ];
}

function buildProblems(request: FixtureRequest, operations: readonly Operation[]): Problem[] {
  const problems: Problem[] = [];
  const pending = operations.filter((operation) => operation.return === undefined);
  if (pending.length > 0) {
    problems.push({
      kind: 'deadlock',
      message: 'nodes still wait, and no event is left',
      waiting: pending.map(
        ({ node, id }) => `${node} waits in transfer ${id} for 812 ms: KV.Txn at m2 for 809 ms`,
      ),
    });
  }
  if (request.nodeError === true) {
    problems.push({
      kind: 'node-error',
      node: 'n2',
      error: { name: 'TypeError', message: "Cannot read properties of undefined (reading 'value')" },
      stack: [
        "TypeError: Cannot read properties of undefined (reading 'value')",
        '    at transfer (scenarios/bank.ts:88:31)',
        '    at STM.commit (src/stm.ts:140:12)',
      ].join('\n'),
      timeUs: 11_204,
    });
  }
  return problems;
}
