/**
 * The course of a run, the same on every backend: set up, start the faults, let every node do its work, end
 * the faults, read etcd's log. Invariant: it ends with an execution's history even if nodes are stuck for
 * good.
 */
import { noop } from 'cockatiel';
import { Etcd3, type IOptions } from 'etcd3';
import type { Operator } from '../faults/fault.js';
import type { Fault } from '../faults/index.js';
import type { Plan, PlannedNode, PlannedOperation } from '../plan/plan.js';
import type { History } from '../history/history.js';
import { LogCollector, type LogRequest } from '../history/collect-log.js';
import type { Recorder } from '../history/recorder.js';
import { awaitAuthentication, enableAuthentication, loginOf, ROOT } from './authentication.js';
import type { Audit } from './audit.js';
import type { Effects, Performing } from './effects.js';
import { createOperator } from './operator.js';
import { ScenarioError } from '../scenario/scenario-error.js';
import { describeThrown, summarizeThrown } from '../input/describe-thrown.js';
import { attempt, describeValue } from '../input/describe-value.js';
import { giveReasons } from './error-parts.js';
import { expectOperation, expectResult, ResultError } from './expect-result.js';
import { AFTERWARDS } from '../scenario/expect-nodes.js';
import {
  type Injection,
  type InjectionOptions,
  type LeftWrites,
  type NodeContext,
  type ObserverContext,
  type RunControl,
  type Scenario,
  NothingHappenedError,
} from '../scenario/scenario.js';
import type { Awaited } from './awaited.js';
import { Company } from './company.js';

/** What a backend provides to a run. */
export interface Stage {
  readonly recorder: Recorder;
  readonly audit: Audit;
  /** The effects of operations' calls, as the clients' channels report them. */
  readonly effects: Effects;
  /** Every key of the run begins with it. */
  readonly prefix: string;
  /** The keys in the run's log. */
  readonly log: Pick<LogRequest, 'covers' | 'own'>;
  /** Whether authentication is on, so that every client logs in. */
  readonly authentication: boolean;
  /** How a client of this node reaches etcd, through its links and their faults. */
  clientOptions(node: string): IOptions;
  /** How the observer reaches etcd, without faults. */
  observerOptions(): IOptions;
  /**
   * Runs `body` as a node; resolves when it has ended, and never rejects: an error becomes a problem. If the
   * node's process dies, the next process runs it again.
   */
  spawn(node: string, body: () => Promise<void>): Promise<void>;
  /** Runs the body of an operation as this work of the node. */
  within<T>(performing: Performing, body: () => Promise<T>): Promise<T>;
  /** The plan's clock starts: its faults begin when they are due. */
  startFaults(operator: Operator): void;
  /** Begins a fault now. */
  inject(fault: Fault, options?: InjectionOptions): Promise<Injection>;
  /** The name of the node whose code is running; undefined outside every node. */
  currentNode(): string | undefined;
  /** The node's process dies for good: see {@link RunControl.crash}. */
  crash(node: string): boolean;
  /** See {@link RunControl.exit}. */
  exit(node: string): void;
  /** See {@link RunControl.leftBy}. */
  leftBy?(node: string): LeftWrites;
  /** Waits of the run's code that are neither operations nor calls. */
  readonly awaited: Awaited;
  /** See {@link RunControl.settles}. */
  settles?(): void;
  /** See {@link RunControl.waitedInVain}. */
  waitedInVain?(): void;
  readonly isSimulated: boolean;
  /** See {@link RunControl.serving}. */
  serving(): readonly string[];
  /** Undoes every fault that is acting and starts no more. */
  endFaults(): Promise<void>;
  /** Resolves when the nodes can make no progress any more, or have used up their budget. */
  readonly stuck: Promise<void>;
}

/** Runs the plan on the stage. Rejects only if setup or observation fails. */
export async function drive(scenario: Scenario, plan: Plan, stage: Stage): Promise<History> {
  const names = plan.nodes.map((node) => node.name);
  if (stage.authentication) await guard(stage, names);
  const observer = new Etcd3({
    ...stage.observerOptions(),
    ...(stage.authentication ? { auth: ROOT } : {}),
    // Its watch survives outages; a circuit breaker would then refuse the next call.
    faultHandling: { host: () => noop },
  });
  let log: LogCollector | undefined;
  try {
    const work = new Company();
    const begin = ({ name }: Pick<PlannedNode, 'name'>): void => {
      const node = plan.nodes.find((one) => one.name === name);
      if (node === undefined) throw new Error(`expected a node of the plan, got ${name}`);
      work.join(
        name,
        stage.spawn(name, () => runNode({ scenario, plan, node, stage, control, work })),
      );
    };
    const control: RunControl = {
      isSimulated: stage.isSimulated,
      serving: () => stage.serving(),
      inject: (fault, options) => stage.inject(fault, options),
      hold: () => work.hold(),
      currentNode: () => stage.currentNode(),
      crash: (node) => stage.crash(node),
      exit: (node) => stage.exit(node),
      restart: (name) => begin({ name }),
      settles: () => stage.settles?.(),
      async perform(operation, body) {
        expectOperation(operation, body);
        const finish = stage.recorder.invoke(AFTERWARDS, operation);
        try {
          finish({ kind: 'ok', ...expectResult(operation, await body()) });
        } catch (thrown) {
          finish({ kind: 'indefinite', error: summarizeThrown(thrown) });
          if (thrown instanceof ResultError) throw thrown;
        }
      },
      waitedInVain: (error, reasons) => {
        giveReasons(error, reasons);
        stage.waitedInVain?.();
      },
      awaits: (describe) => stage.awaited.add(describe),
      leftBy: (node) => stage.leftBy?.(node) ?? { left: [], sentAt: new Set() },
    };
    const context = { client: observer, prefix: stage.prefix, options: plan.options, plan, control };
    const before = await observer.getAll().prefix(stage.prefix).limit(1).exec();
    log = new LogCollector({
      ...{ client: observer, prefix: stage.prefix, ...stage.log },
      fromRevision: Number(before.header.revision) + 1,
    });
    log.start();
    const stuck = stage.stuck.then(() => 'stuck' as const);
    if ((await Promise.race([setUp(scenario, context), stuck])) === 'stuck') {
      return { operations: stage.recorder.operations, log: [], marks: stage.recorder.marks };
    }
    const done = { compactions: [] as number[], revocations: [] as string[] };
    stage.startFaults(
      createOperator({ client: observer, log, prefix: stage.prefix, nodes: names, asked: done }),
    );
    for (const node of plan.nodes) begin(node);
    const ended = await Promise.race([work.ended().then(() => 'ended' as const), stuck]);
    await stage.endFaults();
    if (ended === 'ended' && scenario.afterwards !== undefined) {
      await Promise.race([lookAfterwards(scenario, context, stage), stage.stuck]);
    }
    const { operations, marks } = stage.recorder;
    const { skipped: skips } = stage.audit;
    return {
      ...{ operations, log: await log.finish(), marks, ...done },
      ...(skips.length === 0 ? {} : { skips }),
    };
  } finally {
    log?.close();
    observer.close();
  }
}

/** The observer reads with its own client; an error in its code has another name. */
async function lookAfterwards(scenario: Scenario, context: ObserverContext, stage: Stage): Promise<void> {
  const look = (async () => scenario.afterwards?.(context))().then(
    () => ({}),
    (error: unknown) => ({ error }),
  );
  await stage.spawn(AFTERWARDS, async () => {
    const end = await look;
    if ('error' in end) throw end.error;
    stage.audit.ends(AFTERWARDS, []);
  });
}

async function setUp(scenario: Scenario, context: ObserverContext): Promise<void> {
  try {
    await scenario.setup(context);
  } catch (error) {
    throw new ScenarioError(scenario.name, `setup() threw ${describeThrown(error)}`, { cause: error });
  }
}

/** From now on a client that has not logged in may do nothing. */
async function guard(stage: Stage, nodes: readonly string[]): Promise<void> {
  const client = new Etcd3(stage.observerOptions());
  try {
    await enableAuthentication(client, nodes);
  } finally {
    client.close();
  }
  await awaitAuthentication(stage.observerOptions(), stage.prefix);
}

/** The parts that one process of a node needs. */
interface NodeWork {
  readonly scenario: Scenario;
  readonly plan: Plan;
  readonly node: PlannedNode;
  readonly stage: Stage;
  readonly control: RunControl;
  readonly work: Company;
}

async function runNode({ scenario, plan, node, stage, control, work }: NodeWork): Promise<void> {
  const etcdOptions = {
    ...stage.clientOptions(node.name),
    ...(stage.authentication ? loginOf(node.name) : {}),
  };
  const client = new Etcd3(etcdOptions);
  const { recorder, audit, effects } = stage;
  effects.start(node.name);
  const context: NodeContext = {
    node: node.name,
    client,
    etcdOptions,
    prefix: stage.prefix,
    options: plan.options,
    plan,
    control,
    becomeDaemon() {
      audit.becomesDaemon(node.name);
      work.excuse(node.name);
    },
    count: (counter, by = 1) => stage.recorder.count(counter, by),
    mark(name) {
      if (scenario.marks?.includes(name) === true) stage.recorder.mark(name);
      else throw new Error(`expected one of the marks of scenario ${scenario.name}, got ${name}`);
    },
    async perform(operation, body, options = {}) {
      expectOperation(operation, body);
      audit.begins(node.name, operation);
      const finish = recorder.invoke(node.name, operation);
      const performing = effects.begin(node.name, operation.id, operation.name);
      try {
        const result = await stage.within(performing, body);
        finish({ kind: 'ok', ...expectResult(operation, result) });
        return result;
      } catch (thrown) {
        const error = summarizeThrown(saidOf(thrown));
        const amend = (): void => finish({ kind: 'indefinite', error });
        finish({ kind: effects.judge(performing, thrown, options, amend), error });
        if (thrown instanceof ResultError) throw thrown;
        return undefined;
      } finally {
        effects.end(performing);
      }
    },
    skip: (operation, reason) => audit.skips(node.name, operation, reason),
  };
  const left = remaining(scenario, node, recorder);
  try {
    await scenario.run(context, left);
    audit.ends(node.name, left);
  } finally {
    client.close();
  }
}

/** All of its operations; if a process of the node has died, the remaining ones according to the scenario. */
function remaining(scenario: Scenario, node: PlannedNode, recorder: Recorder): readonly PlannedOperation[] {
  if (scenario.restart === undefined || !recorder.crashes.some((crash) => crash.node === node.name)) {
    return node.operations;
  }
  const left: unknown = scenario.restart(node.operations, recorder.begunBy(node.name));
  if (Array.isArray(left)) return left as readonly PlannedOperation[];
  throw new TypeError(`restart(): expected a list of operations, got ${describeValue(left)}`);
}

/** An error that reports that nothing happened may have a more precise cause. */
function saidOf(error: unknown): unknown {
  const cause: unknown = attempt(() => (error instanceof NothingHappenedError ? error.cause : undefined));
  return cause === undefined ? error : cause;
}
