/**
 * What a test sees of its simulation. The body of a test is code of the test itself, whose way to etcd has no faults: what
 * it does before its first node is set-up. Nodes are ordinary code with a client of their own.
 */
import type { Etcd3, IOptions } from 'etcd3';
import type { Check } from '../../check/check.js';
import type {
  checks,
  LinearizableOptions,
  MutualExclusionOptions,
  ReadyCheckName,
} from '../../check/ready/index.js';
import type { AnyArbitrary } from '../../plan/any-arbitrary.js';
import type { Json } from '../../input/json.js';

/** What all code of a test can do. */
export interface Common {
  /** Resolves after so much time, on the clock of the caller. */
  sleep(milliseconds: number): Promise<void>;
  /** A value drawn from the seed: recorded, replayed with the run, made smaller when a failure is shrunk. */
  draw<T>(arbitrary: AnyArbitrary<T>): T;
  /**
   * An operation of the history: checks and the story see its input, its output and when it began and ended. Returns
   * what the body returns, and throws what it throws.
   */
  op<T>(name: string, input: Json, body: () => T | Promise<T>): Promise<T>;
  /** This moment has a name now: {@link when} of the same name resolves. */
  mark(name: string): void;
  /** Resolves once any code of the test has marked this moment. */
  when(name: string): Promise<void>;
  /**
   * Calls an endpoint that another node serves, over the simulated network. The message and the answer are copied as
   * JSON. Rejects with an `EndpointError` when no answer comes: the handler may nevertheless have run.
   */
  call(node: string, endpoint: string, message?: unknown, options?: CallOptions): Promise<Json>;
}

export interface CallOptions {
  /** How long to wait for the answer, in milliseconds; 5,000 by default. */
  readonly timeoutMs?: number;
}

/** Something outside of etcd, over the network of the node that asks. */
export interface Resource {
  read(): Promise<Json>;
  /**
   * Writes under a fencing token, such as the create revision of a lock's key. Resolves to whether the write was accepted.
   * It is the operation `NAME.write` of the history.
   */
  write(value: Json, token: number | bigint | string): Promise<boolean>;
}

export interface ResourceOptions {
  /** Whether it refuses a write whose token is older than one it has seen; false by default. */
  readonly fenced?: boolean;
  /** What it holds before the first write; null by default. */
  readonly initial?: Json;
}

/**
 * Answers a call with what it returns. The caller receives the message of an error that it throws. The type of the message
 * is the word of the test: nothing checks it.
 */
export type EndpointHandler<Message = Json> = (message: Message, from: string) => unknown;

/** What a node sees. */
export interface SimNode extends Common {
  readonly name: string;
  /** Its place among the nodes that were declared with it: 0, 1, 2. */
  readonly index: number;
  /** An etcd3 client whose connections have the faults of this node; it is closed when the node has ended. */
  readonly client: Etcd3;
  /** The etcd3 options that {@link client} was made from, for code that makes its own client. */
  readonly etcdOptions: IOptions;
  /**
   * Answers calls to this endpoint until the node ends; resolves once it listens. A restarted node serves anew. Make the
   * node a daemon if it only serves. In TypeScript `serve<{ text: string }>(…)` names the type of the message.
   */
  serve<Message = Json>(endpoint: string, handler: EndpointHandler<Message>): Promise<void>;
}

export type NodeBody = (node: SimNode) => Promise<unknown>;

export interface NodeOptions {
  /**
   * A service, a leader, a cache: it lives until all others have ended and the test's body has, with its client, even if
   * its own body has ended. Default false.
   */
  readonly daemon?: boolean;
}

/** How a node ended. */
export interface NodeEnd {
  readonly name: string;
  /** `gave up`: an error of etcd, of its client or of the network ended it. By itself this is no bug. */
  readonly how: 'ended' | 'gave up' | 'crashed' | 'daemon';
  /** The error that ended it, if it gave up. */
  readonly error?: unknown;
}

export interface Patience {
  /** How long to wait at most, in milliseconds; 60,000 by default. */
  readonly withinMs?: number;
  /** How long to wait between two looks; by default 50, and longer the longer it has waited. */
  readonly everyMs?: number;
}

/** The clock of one node. */
export interface NodeClock {
  /** From now on its wall clock is ahead by so much, or behind. */
  jump(milliseconds: number): Promise<void>;
  /** From now on all its clocks run too fast by so many thousandths, or too slowly. */
  drift(perMille: number): Promise<void>;
}

/** What a test does to its etcd. */
export interface SimEtcd {
  /** Leadership passes to the member, or to the next. */
  moveLeader(member?: string): Promise<void>;
  /** The member's process is killed; {@link start} starts it again on its data. */
  stop(member: string): Promise<void>;
  start(member: string): Promise<void>;
  /** Compacts all but the last `keep` revisions; 0 by default. */
  compact(keep?: number): Promise<void>;
  /** Revokes a lease that keys are attached to: the one at this place among them, 0 by default. */
  revokeLease(index?: number): Promise<void>;
}

/** Runs the body as an operation that a check looks at. */
export type Recorded = <T>(body: () => T | Promise<T>, input?: Json) => Promise<T>;

/** The ready-made checks, by their names. */
type ReadyChecks = {
  readonly [Name in ReadyCheckName]: (...options: Parameters<(typeof checks)[Name]>) => void;
};

/** Checks that a test asks for while it runs: `sim.check.fifoQueue({ enqueue: 'push', dequeue: 'pop' })`. */
export interface SimChecks extends Omit<ReadyChecks, 'linearizable' | 'mutualExclusion'> {
  /** A check of one's own. */
  (check: Check): void;
  linearizable<State>(options: LinearizableOptions<State>): void;
  /** At most one may be inside at a time, of those with the same input: the returned function runs them. */
  mutualExclusion(name: string): Recorded;
  mutualExclusion(options: MutualExclusionOptions): void;
}

export interface Sim extends Common {
  readonly seed: number;
  /** A client whose way to etcd has no faults. */
  readonly client: Etcd3;
  /** Names of the etcd members: `m1`, or `m1`, `m2`, `m3`. */
  readonly members: readonly string[];
  readonly check: SimChecks;
  readonly etcd: SimEtcd;
  /**
   * Something outside of etcd that a lock is to protect. The run fails when it accepts a write after one with a newer
   * token.
   */
  resource(name: string, options?: ResourceOptions): Resource;
  /** Declares a node; it starts once the body of the test waits for something. */
  node(name: string, body: NodeBody, options?: NodeOptions): void;
  /** Declares `n1`, `n2` and so on. */
  nodes(count: number, body: NodeBody, options?: NodeOptions & { readonly name?: string }): void;
  /** Resolves once every node has ended, every fault is over and everything has healed. */
  nodesEnded(): Promise<readonly NodeEnd[]>;
  /** Resolves once the condition holds. Rejects when it does not in time. */
  until(condition: () => boolean | Promise<boolean>, patience?: Patience): Promise<void>;
  /** Resolves once the assertion throws nothing. Rejects with what it throws last. */
  eventually(assertion: () => unknown, patience?: Patience): Promise<void>;
  /**
   * Nothing passes between the node and a member, or another node, until {@link heal}. With one name: all members, and all
   * nodes that serve.
   */
  partition(node: string, other?: string): Promise<void>;
  /** Ends every partition that the test began. */
  heal(): Promise<void>;
  /** The node's process dies, with all it has in memory. */
  crash(node: string): void;
  /** The node's body runs again, in a new process. */
  restart(node: string): void;
  /** The node does nothing for so long. */
  pause(node: string, milliseconds: number): Promise<void>;
  clock(node: string): NodeClock;
  /** The next reply to the node is lost, and its connection breaks. */
  loseNextReply(node: string): Promise<void>;
  /** Breaks the connections of the node; they can be opened again at once. */
  disconnect(node: string): Promise<void>;
}

export type TestBody = (sim: Sim) => Promise<unknown>;

export type { Performed } from '../../check/ready/index.js';
