/**
 * The plan's faults on the real backend, by the wall clock: each is imposed when it is due, acts for its
 * duration and is undone. Invariant: after `end` none of them acts any more, even if steps failed on the way.
 */
import { setMaxListeners } from 'node:events';
import { RandomStreams } from '../../engine/random.js';
import { actedOf, aimedAt, describeActing, lasting, type Sight } from '../../faults/acting.js';
import type { ActiveRealFault, Deed, Operator, RealWorld } from '../../faults/fault.js';
import { aimsOf, kindOf, type Fault } from '../../faults/index.js';
import type { FaultRecord } from '../../run/run-result.js';
import type { Injection } from '../../scenario/scenario.js';
import { Aiming } from '../aiming.js';
import type { UnderWay } from '../under-way.js';
import { type ClusterWorld, FaultRefused } from './world.js';

/**
 * Begins to measure a fault on a link, or on all links of a member; the returned function counts the hits so
 * far.
 */
export type HitMeter = (node: string | undefined, member: string) => () => number;

interface FaultState {
  /** As planned; from its beginning on, with the target and the duration that it has. */
  fault: Fault;
  readonly index: number;
  /** When it began to look for its aim. */
  armedUs?: number;
  /** What it has seen. */
  sight?: Sight;
  startedUs?: number;
  endedUs?: number;
  hits: number;
  /** What an operator did for it. */
  deed?: Deed;
  /** Why it could not be imposed or undone. */
  failure?: string;
}

export interface RealFaultsParts {
  /** Those of the plan. */
  readonly faults: readonly Fault[];
  /** Of the plan. */
  readonly seed: number;
  readonly world: ClusterWorld;
  readonly meter: HitMeter;
  readonly underWay: UnderWay;
  nowUs(): number;
}

export class RealFaults {
  readonly #states: FaultState[];
  /** How many faults the plan has; the following ones were begun by hand. */
  readonly #planned: number;
  #operator: Operator | undefined;
  readonly #world: ClusterWorld;
  readonly #meter: HitMeter;
  readonly #nowUs: () => number;
  readonly #courses: Promise<void>[] = [];
  readonly #over = new AbortController();
  readonly #underWay: UnderWay;
  readonly #aiming: Aiming;
  readonly #random: RandomStreams;

  constructor({ faults, seed, world, meter, underWay, nowUs }: RealFaultsParts) {
    this.#states = faults.map((fault, index) => ({ fault, index, hits: 0 }));
    this.#planned = faults.length;
    this.#world = world;
    this.#meter = meter;
    this.#nowUs = nowUs;
    this.#underWay = underWay;
    this.#aiming = new Aiming({ underWay, leader: () => world.leader() });
    this.#random = new RandomStreams(`aims/${seed}`);
    // Every waiting fault listens for the end of them all.
    setMaxListeners(0, this.#over.signal);
  }

  /** From now on faults begin when they are due. */
  start(operator: Operator): void {
    this.#operator = operator;
    for (const state of [...this.#states]) this.#courses.push(this.#course(state, operator));
  }

  /** Begins a fault outside the plan. Rejects if it cannot be imposed. */
  async inject(fault: Fault): Promise<Injection> {
    const operator = this.#operator;
    if (operator === undefined) throw new FaultRefused('the nodes have not started');
    const state: FaultState = { fault: { ...fault, atMs: 0 }, index: this.#states.length, hits: 0 };
    this.#states.push(state);
    const ended = new AbortController();
    let begun = (): void => undefined;
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const course = this.#course(state, operator, { begun, ended: ended.signal });
    this.#courses.push(course);
    await Promise.race([beginning, course]);
    if (state.failure !== undefined) throw new FaultRefused(state.failure);
    return {
      async end() {
        ended.abort();
        await course;
      },
    };
  }

  /** Undoes the active faults and begins no more. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#courses);
  }

  records(): FaultRecord[] {
    return this.#states.map(({ fault, index, hits, armedUs, startedUs, endedUs, sight, deed, failure }) => ({
      index,
      kind: fault.kind,
      text:
        (deed?.text ?? describeActing(fault, sight)) +
        (failure === undefined ? '' : ` (not applied: ${failure})`),
      ...(armedUs === undefined ? {} : { armedUs }),
      ...(startedUs === undefined ? {} : { startedUs, ...actedOf(fault) }),
      ...(endedUs === undefined ? {} : { endedUs }),
      hits,
      ...nodeOf(fault),
      ...(index < this.#planned ? {} : { byHand: true as const }),
      ...(deed?.revoked === undefined ? {} : { revoked: deed.revoked }),
    }));
  }

  async #course(
    state: FaultState,
    operator: Operator,
    hand: { readonly begun?: () => void; readonly ended?: AbortSignal } = {},
  ): Promise<void> {
    await this.#pause(state.fault.atMs);
    await this.#lookOut(state);
    if (this.#over.signal.aborted) return;
    state.fault = lasting(state.fault, this.#underWay.longestTtlMs);
    const { fault } = state;
    try {
      const { node, member } = fault as { readonly node?: string; readonly member?: string };
      const measured = member === undefined ? () => 0 : this.#meter(node, member);
      const kind = kindOf(fault);
      if (kind.impose === undefined) throw new FaultRefused(kind.onReal);
      state.startedUs = this.#nowUs();
      const active: ActiveRealFault = await kind.impose(fault, this.#worldOf(state, operator));
      hand.begun?.();
      this.#aiming.began(state.index, fault);
      await this.#pause(fault.durationMs, hand.ended);
      await active.end();
      state.endedUs = this.#nowUs();
      this.#aiming.ended(state.index);
      state.hits += measured();
    } catch (error) {
      state.failure = error instanceof Error ? error.message : String(error);
    }
  }

  /** Waits until an aimed fault has seen what it is aimed at, at most until the faults are over. */
  async #lookOut(state: FaultState): Promise<void> {
    const { index, fault } = state;
    const { signal } = this.#over;
    const { aim } = fault;
    if (aim === undefined || signal.aborted) return;
    state.armedUs = this.#nowUs();
    const random = this.#random.stream(`fault/${index}`);
    const sight = await new Promise<Sight | undefined>((resolve) => {
      const draw = (max: number): number => random.integer(0, max);
      const giveUp = this.#aiming.seek({ index, aim, draw, found: resolve });
      signal.addEventListener('abort', () => {
        giveUp();
        resolve(undefined);
      });
    });
    if (sight === undefined) return;
    state.sight = sight;
    state.fault = aimedAt(fault, sight, this.#world.members);
    await this.#pause(aim.afterMs);
  }

  #worldOf(state: FaultState, operator: Operator): RealWorld {
    return {
      ...this.#world,
      async operate(order) {
        const did = await order(operator);
        if (did !== false) state.hits += 1;
        if (typeof did === 'object') state.deed = did;
      },
      hit() {
        state.hits += 1;
      },
    };
  }

  /** Waits by the wall clock, at most until the faults are over. */
  #pause(delayMs: number, ended?: AbortSignal): Promise<void> {
    const { signal } = this.#over;
    return new Promise((resolve) => {
      if (signal.aborted || ended?.aborted === true || delayMs === 0) {
        resolve();
        return;
      }
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        ended?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, delayMs);
      signal.addEventListener('abort', done);
      ended?.addEventListener('abort', done);
    });
  }
}

function nodeOf(fault: Fault): Pick<FaultRecord, 'node'> {
  const [node] = aimsOf(fault).nodes;
  return node === undefined ? {} : { node };
}
