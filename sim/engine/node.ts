/**
 * A virtual node: a name, a clock of its own and the code that runs under that name. AsyncLocalStorage carries the
 * node through every await, so that ambient time and randomness know who is asking. Invariant: after `kill` no
 * code of the node is started by the engine any more.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EscapeError } from './escape-error.js';
import type { Lane } from './lane.js';
import type { RandomStream, RandomStreams } from './random.js';

/** The engine, as its nodes and what stands in for their ambient functions see it. */
export interface NodeEngine {
  readonly nowUs: number;
  /** The wall clock's time at the beginning of the run, in milliseconds since 1970. */
  readonly epochMs: number;
  readonly random: RandomStreams;
  /** The lane of that name; events of one chain never overtake one another. */
  lane(name: string, chain?: string): Lane;
  /** Makes something happen after so long, as code of the node where there is one; returns how to cancel it. */
  schedule(lane: Lane, delayUs: number, label: string, action: () => void, node?: VirtualNode): () => void;
  /** A process id that no other process of the run has. */
  takeProcessId(process: string): number;
  /** Code of a node has left the simulation: the run ends. */
  reportEscape(escape: EscapeError): void;
  /** A node threw, or rejected a promise that nobody handled. */
  reportNodeError(node: VirtualNode, error: unknown): void;
}

/** A piece of a node's work that its code may be at, such as an operation. */
export interface Work {
  readonly id: string;
  readonly name: string;
}

/** Whose code is running, and at what. */
interface Scope {
  readonly node: VirtualNode;
  readonly work?: Work;
}

/** One for both: each storage that was ever used slows every promise of the process down, on Node < 24. */
const current = new AsyncLocalStorage<Scope>();

/** The node whose code is running, or undefined outside every run. */
export function currentNode(): VirtualNode | undefined {
  return current.getStore()?.node;
}

/** The work that this code is a part of, or undefined where it is none of any. */
export function currentWork(): Work | undefined {
  return current.getStore()?.work;
}

/** Runs code that is no part of any node, though a node has called it. */
export function outsideEveryNode<T>(code: () => T): T {
  return current.exit(code);
}

let running: VirtualNode | undefined;

/** The node whose event was last begun and has not drained yet; a stand-in where the asynchronous context is lost. */
export function runningNode(): VirtualNode | undefined {
  return running;
}

/** Told by the engine before it runs an event of a node, and with undefined once that has drained. */
export function setRunningNode(node: VirtualNode | undefined): void {
  running = node;
}

/** What a machine knows of the time. */
interface MachineClock {
  /** How far its wall clock is ahead of what it has counted. */
  shiftMs: number;
  /** By how many thousandths it counts too fast. */
  perMille: number;
  /** When that last changed, and what it had counted by then. */
  sinceUs: number;
  countedUs: number;
  /** Told of every look at the wall clock. */
  readonly lookers: Set<() => void>;
  /** Told of every look at any clock, and of every timer. */
  readonly users: Set<() => void>;
}

/** A timer that is to fire when the node's clocks have counted so much. */
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
  /** That of the machine, which stays when the process ends. */
  readonly #clock: MachineClock = {
    shiftMs: 0,
    perMille: 0,
    sinceUs: 0,
    countedUs: 0,
    lookers: new Set(),
    users: new Set(),
  };
  /** Those that run, in the order in which they were set. */
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
    // What a process draws is nothing that the one before it has drawn.
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

  /** The process that takes this one's place after its end. */
  successor(): VirtualNode {
    return new VirtualNode(this.engine, this.name, this);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The node dies: its timers and whatever is still on its way to it come to nothing. */
  kill(): void {
    this.#alive = false;
  }

  /** Until when the node does nothing; in the past where it stands still no longer. */
  get stillUntilUs(): number {
    return this.#stillUntilUs;
  }

  /**
   * The node does nothing for so long: whatever is to happen in it waits, and then happens in order.
   *
   * @param onHeld told of everything that waits
   */
  standStill(durationUs: number, onHeld: () => void): void {
    this.#stillUntilUs = Math.max(this.#stillUntilUs, this.engine.nowUs + durationUs);
    this.#onHeld = onHeld;
  }

  /** Told by the engine of something that waits until the node goes on. */
  held(): void {
    this.#onHeld();
  }

  /**
   * The node's wall clock jumps by so much, and back when the returned function is called.
   *
   * @param onRead told of every look at the clock in between
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
   * All clocks of the node run too fast by so many thousandths, or too slowly, until the returned function is called.
   *
   * @param onUse told of every look at a clock and of every timer in between
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

  /** What the node's clocks have counted: the monotonic clock, without a look at it. */
  get countedUs(): number {
    return this.#countUs();
  }

  /** How long it takes, at the pace of now, until they have counted so much more. */
  untilCountedUs(durationUs: number): number {
    for (const use of this.#clock.users) use();
    const pace = 1000 + this.#pace;
    return pace === 1000 ? durationUs : Math.ceil((durationUs * 1000) / pace);
  }

  /** However many clocks drift at once, time goes on. */
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

  /** Runs code as a part of this node's work. */
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

/** 2026-01-01T00:00:00Z: where every virtual wall clock starts. */
export const EPOCH_MS = 1_767_225_600_000;
