/**
 * A virtual node: a name, a clock of its own and the code that runs under that name. A context
 * carries the node through every await, so that ambient time and randomness know the calling node. Invariant:
 * after `kill` the engine starts no more code of the node.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createContext } from './context.js';
import type { EscapeError } from './escape-error.js';
import type { Lane } from './lane.js';
import type { RandomStream, RandomStreams } from './random.js';

/** The engine as its nodes and the ambient replacements see it. */
export interface NodeEngine {
  readonly nowUs: number;
  /** How many events have begun. */
  readonly events: number;
  /** The wall clock's time at the beginning of the run, in milliseconds since 1970. */
  readonly epochMs: number;
  readonly random: RandomStreams;
  /** The lane of that name; events of one chain never overtake one another. */
  lane(name: string, chain?: string): Lane;
  /**
   * Makes something happen after this delay, as code of the node if one is given; returns how to cancel it.
   */
  schedule(lane: Lane, delayUs: number, label: string, action: () => void, node?: VirtualNode): () => void;
  /** A process id that is unique in the run. */
  takeProcessId(process: string): number;
  /** Code of a node has left the simulation: the run ends. */
  reportEscape(escape: EscapeError): void;
  /** Where given, what nodes print is not shown; called instead, each time. */
  readonly onMuted?: (() => void) | undefined;
  /** A node threw, or rejected a promise without a handler. */
  reportNodeError(node: VirtualNode, error: unknown, promise?: unknown): void;
}

/** A piece of a node's work that its code may be part of, such as an operation. */
export interface Work {
  readonly id: string;
  readonly name: string;
}

/** The node whose code is running, and the work it is part of. */
interface Scope {
  readonly node: VirtualNode;
  readonly work?: Work;
  /** The line of the user's code that it goes back to; for people alone. */
  readonly place?: string;
}

const current = createContext(new AsyncLocalStorage<Scope>());

/** What must be replaced so that all code knows its node. */
export const contextSlots = current.slots;

/** The node whose code is running, or undefined outside every run. */
export function currentNode(): VirtualNode | undefined {
  return current.get()?.node;
}

/** The node whose code made the promise, if Node.js does not tell it where the promise is rejected. */
export function nodeOf(promise: unknown): VirtualNode | undefined {
  return current.of(promise)?.node;
}

/** The work that this code is part of, or undefined if there is none. */
export function currentWork(): Work | undefined {
  return current.get()?.work;
}

/** The line of the user's code that the running code goes back to; undefined where it is not known. */
export function currentPlace(): string | undefined {
  return current.get()?.place;
}

/** Runs a node's code as what a line of the user's code has called. */
export function calledFrom<T>(place: string, code: () => T): T {
  const scope = current.get();
  return scope === undefined ? code() : current.run({ ...scope, place }, code);
}

/** Runs code outside every node, although a node has called it. */
export function outsideEveryNode<T>(code: () => T): T {
  return current.exit(code);
}

let running: VirtualNode | undefined;

/** The node whose last event has begun and has not drained yet; used if the asynchronous context is lost. */
export function runningNode(): VirtualNode | undefined {
  return running;
}

/** The engine calls it before it runs an event of a node, and with undefined once that has drained. */
export function setRunningNode(node: VirtualNode | undefined): void {
  running = node;
}

/** What a machine knows about time. */
interface MachineClock {
  /** How far its wall clock is ahead of the time it has counted. */
  shiftMs: number;
  /** How many thousandths too fast it counts. */
  perMille: number;
  /** When that last changed, and the time it had counted by then. */
  sinceUs: number;
  countedUs: number;
  /** Hears every reading of the wall clock. */
  readonly lookers: Set<() => void>;
  /** Hears every reading of any clock, and every timer. */
  readonly users: Set<() => void>;
}

/** How a node's clocks run. */
export interface ClockState {
  /** What they had counted at `sinceUs`, and how many thousandths too fast they count since. */
  readonly sinceUs: number;
  readonly countedUs: number;
  readonly perMille: number;
  /** How far the wall clock is ahead of what it has counted. */
  readonly shiftMs: number;
}

/** A timer that fires when the node's clocks have counted a given time. */
export interface PacedTimer {
  /** The pace has changed. */
  retime(): void;
}

/** One process of the simulated world. */
export class VirtualNode {
  readonly timerLane: Lane;
  readonly immediateLane: Lane;
  /** What the node's own `Math.random` and `crypto` draw from. */
  readonly random: RandomStream;
  #alive = true;
  #stillUntilUs = -1;
  #onHeld = (): void => undefined;
  /** The machine's clock, which stays when the process ends. */
  readonly #clock: MachineClock = {
    shiftMs: 0,
    perMille: 0,
    sinceUs: 0,
    countedUs: 0,
    lookers: new Set(),
    users: new Set(),
  };
  /** The running ones, in the order in which they were set. */
  readonly timers = new Set<PacedTimer>();
  readonly #incarnation: number = 1;
  readonly #scope: Scope = { node: this };
  /** What the clocks had counted when the process started. */
  readonly #startedUs: number;
  #pid: number | undefined;

  /** @param predecessor the process that ran under this name before it died */
  constructor(
    readonly engine: NodeEngine,
    readonly name: string,
    predecessor?: VirtualNode,
  ) {
    if (predecessor !== undefined) {
      this.#clock = predecessor.#clock;
      this.#incarnation = predecessor.#incarnation + 1;
    }
    this.#startedUs = this.#countUs();
    this.timerLane = engine.lane(`${name}/timer`, name);
    this.immediateLane = engine.lane(`${name}/immediate`, name);
    // A process repeats no draw of the previous one.
    const stream = this.#incarnation === 1 ? name : `${name}~${this.#incarnation}`;
    this.random = engine.random.stream(`${stream}/ambient`);
  }

  /** The name of its machine, which stays when the process ends. */
  get hostname(): string {
    return this.name;
  }

  /** The process id: another one after a crash. */
  get pid(): number {
    return (this.#pid ??= this.engine.takeProcessId(`${this.name}~${this.#incarnation}`));
  }

  /** The process that replaces this one after its end. */
  successor(): VirtualNode {
    return new VirtualNode(this.engine, this.name, this);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The node dies: its timers and everything on its way to it are discarded. */
  kill(): void {
    this.#alive = false;
  }

  /** Until when the node does nothing; a past time if it is running. */
  get stillUntilUs(): number {
    return this.#stillUntilUs;
  }

  /**
   * The node does nothing for this long. Its events wait, and then happen in order.
   *
   * @param onHeld hears every event that waits
   */
  standStill(durationUs: number, onHeld: () => void): void {
    this.#stillUntilUs = Math.max(this.#stillUntilUs, this.engine.nowUs + durationUs);
    this.#onHeld = onHeld;
  }

  /** The engine calls it for each event that waits until the node resumes. */
  held(): void {
    this.#onHeld();
  }

  /**
   * The node's wall clock jumps by this much, and back when the returned function is called.
   *
   * @param onRead hears every reading of the clock in between
   */
  shiftWallClock(byMs: number, onRead: () => void): () => void {
    const clock = this.#clock;
    const looker = (): void => onRead();
    clock.shiftMs += byMs;
    clock.lookers.add(looker);
    return () => {
      if (clock.lookers.delete(looker)) clock.shiftMs -= byMs;
    };
  }

  /**
   * All clocks of the node run too fast by this many thousandths, or too slowly, until the returned function
   * is called.
   *
   * @param onUse hears every reading of a clock and every timer in between
   */
  driftClocks(perMille: number, onUse: () => void): () => void {
    const clock = this.#clock;
    const user = (): void => onUse();
    this.#setPace(clock.perMille + perMille);
    clock.users.add(user);
    return () => {
      if (clock.users.delete(user)) this.#setPace(clock.perMille - perMille);
    };
  }

  #setPace(perMille: number): void {
    this.#clock.countedUs = this.#countUs();
    this.#clock.sinceUs = this.engine.nowUs;
    this.#clock.perMille = perMille;
    for (const timer of [...this.timers]) timer.retime();
  }

  /** How its clocks run, without counting as a reading. */
  get clock(): ClockState {
    const { sinceUs, countedUs, shiftMs } = this.#clock;
    return { sinceUs, countedUs, perMille: this.#pace, shiftMs };
  }

  /** The time that the node's clocks have counted: the monotonic clock, without counting as a reading. */
  get countedUs(): number {
    return this.#countUs();
  }

  /** How long it takes, at the current pace, until they have counted this much more. */
  untilCountedUs(durationUs: number): number {
    for (const use of this.#clock.users) use();
    const pace = 1000 + this.#pace;
    return pace === 1000 ? durationUs : Math.ceil((durationUs * 1000) / pace);
  }

  /** However many clocks drift at once, time advances. */
  get #pace(): number {
    return Math.min(1000, Math.max(-500, this.#clock.perMille));
  }

  #countUs(): number {
    const { sinceUs, countedUs } = this.#clock;
    const passedUs = this.engine.nowUs - sinceUs;
    return countedUs + passedUs + Math.floor((passedUs * this.#pace) / 1000);
  }

  /** Runs code as this node. */
  run<T>(code: () => T): T {
    return current.run(this.#scope, code);
  }

  /** Runs code as part of this node's work. */
  within<T>(work: Work, code: () => T): T {
    return current.run({ node: this, work }, code);
  }

  /** Milliseconds since 1970 on the node's wall clock, a whole number. */
  wallClockMs(): number {
    for (const look of this.#clock.lookers) look();
    for (const use of this.#clock.users) use();
    return this.engine.epochMs + Math.floor(this.#countUs() / 1000) + this.#clock.shiftMs;
  }

  /** Microseconds on the node's monotonic clock, a whole number. */
  monotonicUs(): number {
    for (const use of this.#clock.users) use();
    return this.#countUs();
  }

  /** Microseconds on that clock since the process started, a whole number. */
  processUs(): number {
    return this.monotonicUs() - this.#startedUs;
  }
}

/** 2026-01-01T00:00:00Z, the start of every virtual wall clock. */
export const EPOCH_MS = 1_767_225_600_000;
