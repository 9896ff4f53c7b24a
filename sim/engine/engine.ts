/**
 * The engine runs one event after the other in virtual time. Between two events that ran a node's code it
 * lets every microtask and `process.nextTick` drain, so that a node has done all it can do before time moves
 * on. Invariant: a run is a pure function of its seed and of the code it runs.
 */
import { Activity } from './activity.js';
import { Ambient } from './ambient/ambient.js';
import { EscapeError } from './escape-error.js';
import { EventQueue, type Agenda, type QueuedEvent } from './event-queue.js';
import { tieOf, type Lane } from './lane.js';
import type { Heartbeat } from './heartbeat.js';
import { NativeTimers, type NativeTimer } from './native-timers.js';
import { currentNode, setRunningNode, VirtualNode, type NodeEngine, EPOCH_MS } from './node.js';
import { RandomStreams, type RandomStream } from './random.js';
import type { EventObserver, StepObserver } from './steps.js';
import type { ChoiceObserver, Strategy } from './strategy.js';
import { Trace } from './trace.js';
import { WindowedQueue } from './windowed-queue.js';

/** Limits that end a run that does not end by itself. */
export interface Budget {
  readonly maxEvents: number;
  readonly maxVirtualTimeMs: number;
  /**
   * How much virtual time a run may spend without any success once the faults are over. The run's backend
   * checks it, and has a default.
   */
  readonly livenessMs?: number;
}

/** Another future for a run: from a point on, everything is drawn from another seed. */
export interface Reroll {
  /** This many events happen unchanged; the choice of the next one is open. */
  readonly afterEvents: number;
  /** An unsigned 32-bit integer. */
  readonly seed: number;
  /** After that point, the network may take up to this much longer for each message; nothing by default. */
  readonly spreadUs?: number;
}

export interface EngineOptions {
  /** The seed for every stream of the run. */
  readonly seed: string;
  /** In order of their points, which must differ; none by default. */
  readonly rerolls?: readonly Reroll[] | undefined;
  readonly budget: Budget;
  /**
   * Chooses between events that are due at about the same time, from a stream of its own. By default time
   * alone decides.
   */
  readonly strategy?: ((random: RandomStream) => Strategy) | undefined;
  /** Hears every choice of the strategy. */
  readonly onChoice?: ChoiceObserver | undefined;
  /** Stops the run between two events. */
  readonly signal?: AbortSignal;
  /**
   * Called once, when no event is left or the budget is used up. It may give `main` a way to settle. If the
   * budget is used up, a tenth more is granted for that. It returns `goes on` if it made something happen.
   */
  onStuck?(reason: StuckReason): void | 'goes on';
  /** Hears every event and every draw. */
  readonly observe?: StepObserver | undefined;
  /** Hears every event before it happens. */
  readonly onEvent?: EventObserver | undefined;
  /** Where given, what nodes print is not shown; called instead, each time. */
  readonly onMuted?: (() => void) | undefined;
  /** Gets a sign of life before every event. */
  readonly heartbeat?: Heartbeat | undefined;
}

/** Why a run is stuck. */
export type StuckReason = 'deadlock' | 'events' | 'virtual time';

/** An error that a node threw or rejected with, and that no code caught. */
export interface NodeError {
  readonly node: string;
  readonly error: unknown;
  /** The promise that was rejected, if that is how the error was found. */
  readonly promise?: unknown;
  readonly timeUs: number;
}

/** How a run ended. */
export type EngineEnd<T> =
  | { readonly kind: 'completed'; readonly value: T }
  /** `main` threw, or a node left the simulation. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** No event was left while `main` was still waiting. */
  | { readonly kind: 'stuck'; readonly reason: StuckReason }
  | { readonly kind: 'aborted' };

const PROCESS_IDS = 2 ** 22 - 2;

const WOKEN_BY = 'code after a timer that a module took before etcd-sim was loaded, or after an import()';
const WHAT_TO_DO = 'which leaves the simulation: import etcd-sim before your code';

export class Engine implements NodeEngine {
  readonly random: RandomStreams;
  readonly trace = new Trace();
  readonly activity = new Activity();
  readonly epochMs = EPOCH_MS;
  readonly nodeErrors: NodeError[] = [];
  readonly #queue: Agenda;
  readonly #options: EngineOptions;
  readonly #lanes = new Map<string, Lane>();
  /** The rerolls still ahead. */
  readonly #rerolls: Reroll[];
  #nowUs = 0;
  #events = 0;
  #spreadUs = 0;
  #order = 0;
  #sequence = 0;
  /** Grows once when the run is stuck. */
  #grace = 1;
  #closed = false;
  #escape: EscapeError | undefined;
  readonly #native = new NativeTimers();
  /** Native timers and I/O may call back now. */
  #isBetween = false;
  readonly #processIds = new Set<number>();

  constructor(options: EngineOptions) {
    this.#options = options;
    this.random = new RandomStreams(options.seed, options.observe);
    const strategy = options.strategy?.(this.random.stream('strategy'));
    this.#queue = strategy === undefined ? new EventQueue() : new WindowedQueue(strategy, options.onChoice);
    this.#rerolls = [...(options.rerolls ?? [])];
  }

  /** Virtual microseconds since the run began, a whole number. */
  get nowUs(): number {
    return this.#nowUs;
  }

  /** How much longer a message may take than the network decides: more than 0 only after a {@link Reroll}. */
  get spreadUs(): number {
    return this.#spreadUs;
  }

  get onMuted(): (() => void) | undefined {
    return this.#options.onMuted;
  }

  /** Events so far. */
  get events(): number {
    return this.#events;
  }

  /** The next number of the run's total order, for histories. */
  nextSequence(): number {
    if (this.#isBetween) this.#refuseWakeUp();
    return ++this.#sequence;
  }

  /** The last number given in that order. */
  get sequence(): number {
    return this.#sequence;
  }

  node(name: string): VirtualNode {
    return new VirtualNode(this, name);
  }

  /**
   * The lane of this name; events of one lane at one time keep their order.
   *
   * @param chain the chain that it belongs to; events of one chain keep their order under every strategy
   */
  lane(name: string, chain = name): Lane {
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = {
        name,
        chain,
        chainElsewhere: `${chain} elsewhere`,
        salt: this.random.constant(`lane/${name}`),
      };
      this.#lanes.set(name, lane);
    }
    return lane;
  }

  /**
   * Makes `action` happen `delayUs` from now (a whole number, at least 0), as code of `node` if one is given.
   * The returned function cancels it; once the event is over, it does nothing.
   */
  schedule(lane: Lane, delayUs: number, label: string, action: () => void, node?: VirtualNode): () => void {
    return this.#schedule(lane, delayUs, label, action, node, false);
  }

  /** As {@link schedule}, for housekeeping that repeats for ever and that no code waits for. */
  scheduleBackground(
    lane: Lane,
    delayUs: number,
    label: string,
    action: () => void,
    node?: VirtualNode,
  ): () => void {
    return this.#schedule(lane, delayUs, label, action, node, true);
  }

  #schedule(
    lane: Lane,
    delayUs: number,
    label: string,
    action: () => void,
    node: VirtualNode | undefined,
    background: boolean,
  ): () => void {
    if (!Number.isSafeInteger(delayUs) || delayUs < 0) {
      throw new Error(`expected whole microseconds until ${label}, got ${delayUs}`);
    }
    if (this.#closed) return () => undefined;
    if (this.#isBetween) this.#refuseWakeUp();
    const timeUs = this.#nowUs + delayUs;
    const tie = tieOf(lane, timeUs);
    const order = this.#order++;
    const chain = node === undefined ? lane.chainElsewhere : lane.chain;
    const heldUntilUs = undefined;
    const event = { timeUs, tie, order, label, chain, node, action, background, heldUntilUs, queued: false };
    this.#queue.push(event);
    return () => this.#queue.cancel(event);
  }

  /**
   * A process id that is unique in the run, between 2 and 2^22 as on Linux.
   *
   * @param process its name: the others' ids do not depend on it
   */
  takeProcessId(process: string): number {
    let id = 2 + (this.random.constant(`pid/${process}`) % PROCESS_IDS);
    while (this.#processIds.has(id)) id = 2 + ((id - 1) % PROCESS_IDS);
    this.#processIds.add(id);
    return id;
  }

  /** A node has left the simulation, which ends the run; of several the first one counts. */
  reportEscape(escape: EscapeError): void {
    this.#escape ??= escape;
  }

  /** Native timers that nodes have set and that have not fired; only of a run with stacks. */
  get nativeTimers(): readonly NativeTimer[] {
    return this.#native.pending;
  }

  /** Nothing in the simulation runs now: native code has called back into a node. */
  #refuseWakeUp(): void {
    const node = currentNode();
    if (node === undefined || node.engine !== this) return;
    this.#escape ??= EscapeError.here(node.name, WOKEN_BY, WHAT_TO_DO);
  }

  /** Keeps an error that escaped a node's code, once. @param promise that was rejected, if no code handles it */
  reportNodeError(node: VirtualNode, error: unknown, promise?: unknown): void {
    // Not by its class: to ask a revoked Proxy for that would throw.
    const isObject = typeof error === 'object' && error !== null;
    if (isObject && this.nodeErrors.some((known) => known.error === error)) return;
    this.nodeErrors.push({ node: node.name, error, promise, timeUs: this.#nowUs });
  }

  /**
   * Runs `main` as the code of `node` and everything it sets in motion, until `main` has settled, nothing is left
   * to happen, or a budget is used up. Never rejects. An engine runs once.
   */
  async run<T>(node: VirtualNode, main: () => Promise<T>): Promise<EngineEnd<T>> {
    const release = Ambient.hold();
    if (Error.stackTraceLimit > 0) this.#native.watch();
    this.#options.heartbeat?.begins(this.activity);
    try {
      let settled: EngineEnd<T> | undefined;
      setRunningNode(node);
      node.run(() => {
        main().then(
          (value) => (settled = { kind: 'completed', value }),
          (error: unknown) => (settled = { kind: 'failed', error }),
        );
      });
      return await Ambient.turns(
        () => {
          setRunningNode(undefined);
          if (this.#escape !== undefined) return { kind: 'failed', error: this.#escape };
          return settled ?? this.#step(node);
        },
        (isBetween) => (this.#isBetween = isBetween),
      );
    } finally {
      this.#native.end();
      await this.#close();
      release();
    }
  }

  /**
   * Runs events until one has run a node's code, which must drain before the next event. Returns the end if
   * the run is over.
   */
  #step(main: VirtualNode): EngineEnd<never> | undefined {
    for (;;) {
      if (this.#options.signal?.aborted === true) return { kind: 'aborted' };
      if (this.#events >= (this.#rerolls[0]?.afterEvents ?? Infinity)) this.#reroll();
      const event = this.#queue.foreground === 0 ? undefined : this.#queue.pop();
      const reason = this.#stuckReason(event);
      if (reason !== undefined) {
        if (this.#grace > 1 || this.#options.onStuck === undefined) return { kind: 'stuck', reason };
        let goesOn = false;
        main.run(() => (goesOn = this.#options.onStuck?.(reason) === 'goes on'));
        if (!goesOn) this.#grace = 1.1;
        if (event !== undefined) this.#queue.push(event);
        return undefined;
      }
      if (event !== undefined && this.#perform(event)) return undefined;
    }
  }

  /** Why the run cannot continue with this event; undefined if it can. */
  #stuckReason(event: QueuedEvent | undefined): StuckReason | undefined {
    if (event === undefined) return 'deadlock';
    const { maxEvents, maxVirtualTimeMs } = this.#options.budget;
    if (this.#events >= maxEvents * this.#grace) return 'events';
    return event.timeUs > maxVirtualTimeMs * 1000 * this.#grace ? 'virtual time' : undefined;
  }

  /** Runs one event; true if it ran a node's code. */
  #perform(event: QueuedEvent): boolean {
    const { node } = event;
    if (node !== undefined && (!node.alive || this.#holds(node, event))) return false;
    // An event that a strategy passed over happens late.
    this.#nowUs = Math.max(this.#nowUs, event.timeUs);
    this.#events++;
    this.#options.observe?.(`event ${this.#nowUs} us ${event.label}`);
    const { label, chain } = event;
    this.#options.onEvent?.({ number: this.#events, timeUs: this.#nowUs, label, chain, node: node?.name });
    this.activity.count(this.#events, this.#nowUs, label, node?.name);
    this.#options.heartbeat?.beat(this.#events, this.#nowUs, node?.name);
    this.trace.number(this.#nowUs);
    this.trace.text(event.label);
    this.trace.passed(this.#events, this.#nowUs);
    if (node === undefined) {
      event.action();
      return false;
    }
    setRunningNode(node);
    try {
      node.run(event.action);
    } catch (error) {
      this.reportNodeError(node, error);
    }
    return true;
  }

  /** Everything drawn from now on, ties included, comes from another seed. Due events stay due. */
  #reroll(): void {
    const { afterEvents = 0, seed = 0, spreadUs = 0 } = this.#rerolls.shift() ?? {};
    this.#spreadUs = spreadUs;
    this.random.reseed(`${this.#options.seed}/after ${afterEvents}/${seed}`);
    for (const lane of this.#lanes.values()) lane.salt = this.random.constant(`lane/${lane.name}`);
  }

  /**
   * Postpones the event if its node is paused. An event due at the very moment at which the node resumes
   * follows those that waited, which keeps the order. An event that must wait again keeps its place.
   */
  #holds(node: VirtualNode, event: QueuedEvent): boolean {
    const untilUs = node.stillUntilUs;
    if (event.timeUs > untilUs || event.heldUntilUs === untilUs) return false;
    if (event.heldUntilUs === undefined) event.order = this.#order++;
    event.timeUs = untilUs;
    event.heldUntilUs = untilUs;
    event.tie = tieOf(node.timerLane, untilUs);
    node.held();
    this.#queue.push(event);
    return true;
  }

  /** Lets settled promises run their callbacks; anything that those schedule is discarded. */
  async #close(): Promise<void> {
    this.#closed = true;
    this.#queue.clear();
    let turns = 2;
    await Ambient.turns(() => turns-- === 0 || undefined);
    setRunningNode(undefined);
  }
}
