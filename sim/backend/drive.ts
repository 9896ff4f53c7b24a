/**
 * The course of a run, the same on every backend: set up, start the faults, let every node do its work, end the
 * faults, read etcd's log. Invariant: it ends in an execution's history even when nodes are stuck for good.
 */
import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';
import { definitenessOf } from '../etcd/errors.js';
import type { Operator } from '../faults/fault.js';
import type { Plan, PlannedNode, PlannedOperation } from '../explore/plan.js';
import type { ErrorSummary, History, Outcome } from '../history/history.js';
import { LogCollector } from '../history/collect-log.js';
import type { Recorder } from '../history/recorder.js';
import { awaitAuthentication, enableAuthentication, loginOf, ROOT } from './authentication.js';
import { createOperator } from './operator.js';
import { ScenarioError } from '../scenario/scenario-error.js';
import { describeThrown, describeValue } from '../input/describe-value.js';
import { expectOperation, expectResult, ResultError } from './expect-result.js';
import type { NodeContext, ObserverContext, Scenario } from '../scenario/scenario.js';

/** What a backend provides to a run. */
export interface Stage {
  readonly recorder: Recorder;
  /** Every key of the run begins with it. */
  readonly prefix: string;
  /** Whether authentication is on, and everybody logs in. */
  readonly authentication: boolean;
  /** How a client of this node reaches etcd, through its links and their faults. */
  clientOptions(node: string): IOptions;
  /** How the observer reaches etcd, without faults. */
  observerOptions(): IOptions;
  /**
   * Runs `body` as a node; resolves when it has ended, and never rejects: an error becomes a problem. Where the
   * node's process dies, it is run again by the next one.
   */
  spawn(node: string, body: () => Promise<void>): Promise<void>;
  /** Runs the body of an operation, where somebody wants to know what is done in it. */
  within?<T>(operation: PlannedOperation, body: () => Promise<T>): Promise<T>;
  /** The plan's clock starts: its faults begin when they are due. */
  startFaults(operator: Operator): void;
  /** Undoes every fault that is acting and starts no more. */
  endFaults(): Promise<void>;
  /** Resolves when the nodes can make no progress any more, or have used up what they may. */
  readonly stuck: Promise<void>;
}

/** Runs the plan on the stage. Rejects only where setup or observation fails. */
export async function drive(scenario: Scenario, plan: Plan, stage: Stage): Promise<History> {
  const names = plan.nodes.map((node) => node.name);
  if (stage.authentication) await guard(stage, names);
  const observer = new Etcd3({
    ...stage.observerOptions(),
    ...(stage.authentication ? { auth: ROOT } : {}),
    // Its watch goes on through outages; a circuit breaker would then refuse the call that comes after them.
    faultHandling: { host: () => noop },
  });
  let log: LogCollector | undefined;
  try {
    const context = { client: observer, prefix: stage.prefix, options: plan.options };
    const before = await observer.getAll().prefix(stage.prefix).limit(1).exec();
    log = new LogCollector(observer, stage.prefix, Number(before.header.revision) + 1);
    log.start();
    const stuck = stage.stuck.then(() => 'stuck' as const);
    if ((await Promise.race([setUp(scenario, context), stuck])) === 'stuck') {
      return { operations: stage.recorder.operations, log: [], marks: stage.recorder.marks };
    }
    const done = { compactions: [] as number[], revocations: [] as string[] };
    stage.startFaults(
      createOperator({ client: observer, log, prefix: stage.prefix, nodes: names, asked: done }),
    );
    const work = plan.nodes.map((node) => stage.spawn(node.name, () => runNode(scenario, plan, node, stage)));
    await Promise.race([Promise.all(work), stage.stuck]);
    await stage.endFaults();
    const { operations, marks } = stage.recorder;
    return { operations, log: await log.finish(), marks, ...done };
  } finally {
    log?.close();
    observer.close();
  }
}

async function setUp(scenario: Scenario, context: ObserverContext): Promise<void> {
  try {
    await scenario.setup(context);
  } catch (error) {
    throw new ScenarioError(scenario.name, `setup() threw ${describeThrown(error)}`, { cause: error });
  }
}

/** From now on whoever has not logged in may do nothing. */
async function guard(stage: Stage, nodes: readonly string[]): Promise<void> {
  const client = new Etcd3(stage.observerOptions());
  try {
    await enableAuthentication(client, stage.prefix, nodes);
  } finally {
    client.close();
  }
  await awaitAuthentication(stage.observerOptions(), stage.prefix);
}

async function runNode(scenario: Scenario, plan: Plan, node: PlannedNode, stage: Stage): Promise<void> {
  const etcdOptions = {
    ...stage.clientOptions(node.name),
    ...(stage.authentication ? loginOf(node.name) : {}),
  };
  const client = new Etcd3(etcdOptions);
  const context: NodeContext = {
    node: node.name,
    client,
    etcdOptions,
    prefix: stage.prefix,
    options: plan.options,
    count: (counter, by = 1) => stage.recorder.count(counter, by),
    mark(name) {
      if (scenario.marks?.includes(name) === true) stage.recorder.mark(name);
      else throw new Error(`expected a mark of scenario ${scenario.name}, got ${name}`);
    },
    async perform(operation, body) {
      expectOperation(operation, body);
      const finish = stage.recorder.invoke(node.name, operation);
      try {
        const result = await (stage.within?.(operation, body) ?? body());
        finish({ kind: 'ok', ...expectResult(operation, result) });
        return result;
      } catch (error) {
        finish(outcomeOf(error));
        if (error instanceof ResultError) throw error;
        return undefined;
      }
    },
  };
  try {
    await scenario.run(context, remaining(scenario, node, stage.recorder));
  } finally {
    client.close();
  }
}

/** All of its operations or, where a process of the node has died, what the scenario says is left of them. */
function remaining(scenario: Scenario, node: PlannedNode, recorder: Recorder): readonly PlannedOperation[] {
  if (scenario.restart === undefined || !recorder.crashes.some((crash) => crash.node === node.name)) {
    return node.operations;
  }
  const left: unknown = scenario.restart(node.operations, recorder.begunBy(node.name));
  if (Array.isArray(left)) return left as readonly PlannedOperation[];
  throw new TypeError(`restart(): expected a list of operations, got ${describeValue(left)}`);
}

function outcomeOf(error: unknown): Exclude<Outcome, { kind: 'ok' }> {
  const kind = definitenessOf(error) === 'definite' ? 'failed' : 'indefinite';
  return { kind, error: summarizeError(error) };
}

/** An error as data; anything can be thrown. */
export function summarizeError(error: unknown): ErrorSummary {
  if (error instanceof Error) return { name: error.constructor.name, message: error.message };
  return { name: typeof error, message: String(error) };
}
