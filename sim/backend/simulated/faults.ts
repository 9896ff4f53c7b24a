/** The plan's faults in virtual time: each begins when it is due, acts for its duration and is undone. */
import type { Engine } from '../../engine/engine.js';
import type { Lane } from '../../engine/lane.js';
import type { VirtualNode } from '../../engine/node.js';
import { actedOf, aimedAt, describeActing, lasting, type Sight } from '../../faults/acting.js';
import type { ActiveFault, Deed, Operator, Order, SimulatedWorld } from '../../faults/fault.js';
import { aimsOf, kindOf, type Fault } from '../../faults/index.js';
import { holdsUp } from '../../faults/still-on.js';
import { PASS } from '../../network/rule.js';
import type { Drift, Standstill } from '../../history/history.js';
import type { FaultRecord } from '../../run/run-result.js';
import type { Injection, InjectionOptions } from '../../scenario/scenario.js';
import { Aiming } from '../aiming.js';
import type { UnderWay } from '../under-way.js';
import type { Levers } from './levers.js';

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
  active?: ActiveFault;
  /** What an operator did for it. */
  deed?: Deed;
  /** Called once, at the first hit. */
  onHit?: () => void;
  /** It has had its one hit, or another of its group has. */
  isSpent?: true;
  /** The first hit of any ends them all. */
  group?: object;
}

export interface SimulatedFaultsParts {
  /** Those of the plan. */
  readonly faults: readonly Fault[];
  readonly engine: Engine;
  readonly levers: Levers;
  /** Acts for faults that need an operator. */
  readonly observer: VirtualNode;
  readonly underWay: UnderWay;
  /** Indices of faults by hand to leave out. */
  readonly left?: readonly number[] | undefined;
}

export class SimulatedFaults {
  readonly #states: FaultState[];
  readonly #engine: Engine;
  readonly #levers: Levers;
  readonly #observer: VirtualNode;
  /** How many faults the plan has; the following ones were begun by hand, and code waits for them. */
  readonly #planned: number;
  /** Indices of faults by hand to leave out; shows what happens without them. */
  readonly #left: ReadonlySet<number>;
  #operator: Operator | undefined;
  readonly #endings: Promise<unknown>[] = [];
  #over = false;
  readonly #dead = new Set<string>();
  readonly #underWay: UnderWay;
  readonly #aiming: Aiming;
  #startedUs = 0;

  constructor({ faults, engine, levers, observer, underWay, left = [] }: SimulatedFaultsParts) {
    this.#states = faults.map((fault, index) => ({ fault, index, hits: 0 }));
    this.#planned = faults.length;
    this.#engine = engine;
    this.#levers = levers;
    this.#observer = observer;
    this.#left = new Set(left);
    this.#underWay = underWay;
    this.#aiming = new Aiming({ underWay, leader: () => levers.leader() });
  }

  /** From now on faults begin when they are due. */
  start(operator: Operator): void {
    this.#operator = operator;
    this.#startedUs = this.#engine.nowUs;
    for (const state of this.#states.slice(0, this.#planned)) {
      const { fault, index } = state;
      if (fault.atMs === 0 && fault.aim === undefined && kindOf(fault).precedesNodes === true) {
        this.#begin(state);
        this.#finish(state);
        continue;
      }
      const [label, act] =
        fault.aim === undefined
          ? [`fault ${index} begins`, () => this.#act(state)]
          : [`fault ${index} looks out`, () => this.#lookOut(state)];
      this.#engine.schedule(this.#laneOf(state), microseconds(fault.atMs), label, act);
    }
  }

  /** When the planned faults are over, as far as that is known; one that looks out may never begin. */
  get overUs(): number {
    const ends = this.#states.slice(0, this.#planned).map((state) => {
      const { fault, startedUs, armedUs } = state;
      if (startedUs === undefined && armedUs !== undefined) return armedUs;
      const begins = startedUs ?? this.#startedUs + fault.atMs * 1000;
      return begins + fault.durationMs * 1000;
    });
    return Math.ceil(Math.max(this.#startedUs, ...ends));
  }

  #laneOf({ index }: FaultState): Lane {
    return this.#engine.lane(`fault/${index}`);
  }

  #act(state: FaultState): void {
    if (this.#over) return;
    state.fault = lasting(state.fault, this.#underWay.longestTtlMs);
    this.#begin(state);
    const durationUs = microseconds(state.fault.durationMs);
    const finish = (): void => this.#finish(state);
    this.#engine.schedule(this.#laneOf(state), durationUs, `fault ${state.index} ends`, finish);
  }

  /** It begins once it has seen what it is aimed at. */
  #lookOut(state: FaultState): void {
    const { index, fault } = state;
    const { aim } = fault;
    if (aim === undefined || this.#over) return;
    state.armedUs = this.#engine.nowUs;
    const random = this.#engine.random.stream(`fault/${index}/aim`);
    this.#aiming.seek({
      index,
      aim,
      draw: (max) => random.integer(0, max),
      found: (sight) => {
        state.sight = sight;
        state.fault = aimedAt(fault, sight, this.#levers.members);
        const act = (): void => this.#act(state);
        this.#engine.schedule(this.#laneOf(state), microseconds(aim.afterMs), `fault ${index} begins`, act);
      },
    });
  }

  /** Begins a fault outside the plan. */
  inject(fault: Fault, { untilHit = false, group }: InjectionOptions = {}): Injection {
    const state: FaultState = {
      ...{ fault, index: this.#states.length, hits: 0 },
      ...(group === undefined ? {} : { group }),
    };
    this.#states.push(state);
    if (this.#over || this.#left.has(state.index)) return { end: () => Promise.resolve() };
    const lane = this.#engine.lane(`fault/${state.index}`);
    this.#begin(state);
    const durationUs = microseconds(fault.durationMs);
    const finish = (): void => this.#finish(state);
    // The next message may be long in coming.
    const cancel = untilHit
      ? () => undefined
      : this.#engine.scheduleBackground(lane, durationUs, `fault ${state.index} ends`, finish);
    if (untilHit) {
      state.onHit = () => {
        for (const other of this.#states) {
          if (other !== state && (group === undefined || other.group !== group)) continue;
          other.isSpent = true;
          if (other !== state) this.#lift(other);
        }
        // Not while the message that it touches is being handled.
        this.#engine.schedule(lane, 0, `fault ${state.index} has hit`, finish);
      };
    }
    return {
      end: async () => {
        cancel();
        this.#finish(state);
        await Promise.all(this.#endings);
      },
    };
  }

  /** Faults by hand under which nodes may wait for ever. */
  get heldUpBy(): readonly Fault[] {
    return this.#holdingUp.map(({ fault }) => fault);
  }

  /** Ends those. */
  healByHand(): void {
    for (const state of this.#holdingUp) this.#finish(state);
  }

  get #holdingUp(): readonly FaultState[] {
    return this.#states.slice(this.#planned).filter(({ fault, active }) => active && holdsUp(fault));
  }

  /** Undoes the active faults and begins no more; resolves once none acts any longer. */
  async end(): Promise<void> {
    this.#over = true;
    for (const state of this.#states) {
      // One that waits for its hit to the end has done nothing.
      if (state.onHit !== undefined) this.#lift(state);
      else this.#finish(state);
    }
    await Promise.all(this.#endings);
  }

  /** The process of a node was ended by hand, for good or until it is started by hand. */
  crashed(node: string): void {
    this.#dead.add(node);
    const fault: Fault = { kind: 'node-crash', node, atMs: 0, durationMs: 0 };
    const nowUs = this.#engine.nowUs;
    const deed = { text: `${node} crashes` };
    this.#states.push({
      ...{ fault, index: this.#states.length, hits: 1, startedUs: nowUs, endedUs: nowUs, deed },
    });
  }

  /** Its process runs, again or for the first time. */
  started(node: string): void {
    this.#dead.delete(node);
  }

  /** Nodes that were crashed by hand and not started again. */
  get deadByHand(): readonly string[] {
    return [...this.#dead];
  }

  records(): FaultRecord[] {
    return this.#states.map((state) => {
      const { fault, index, hits, startedUs, endedUs, deed } = state;
      const revoked = deed?.revoked;
      const [node] = aimsOf(fault).nodes;
      return {
        index,
        kind: fault.kind,
        text: deed?.text ?? this.#describe(state),
        ...(state.armedUs === undefined ? {} : { armedUs: state.armedUs }),
        ...(startedUs === undefined ? {} : { startedUs, ...actedOf(fault) }),
        ...(endedUs === undefined ? {} : { endedUs }),
        hits,
        ...(node === undefined ? {} : { node }),
        ...(index < this.#planned ? {} : { byHand: true }),
        ...(state.isSpent === true && hits === 0 ? { lifted: true } : {}),
        ...(revoked === undefined ? {} : { revoked }),
      };
    });
  }

  /** A fault by hand lasts until it is ended. */
  #describe({ fault, index, startedUs, endedUs, sight }: FaultState): string {
    const isOpen = index >= this.#planned && startedUs !== undefined && endedUs !== undefined;
    const lasted = isOpen ? { durationMs: (endedUs - startedUs) / 1000 } : {};
    return describeActing(fault.kind === 'node-pause' ? fault : { ...fault, ...lasted }, sight);
  }

  /** When nodes were paused. */
  get standstills(): Standstill[] {
    return this.#states.flatMap(({ fault, startedUs }) => {
      if (fault.kind !== 'node-pause' || startedUs === undefined) return [];
      return [{ node: fault.node, fromUs: startedUs, untilUs: startedUs + fault.durationMs * 1000 }];
    });
  }

  /** When clocks of nodes were wrong. */
  get drifts(): Drift[] {
    return this.#states.flatMap(({ fault, startedUs }) => {
      if (fault.kind !== 'clock-drift' || startedUs === undefined) return [];
      const { node, perMille } = fault;
      return [{ node, perMille, fromUs: startedUs, untilUs: startedUs + fault.durationMs * 1000 }];
    });
  }

  #begin(state: FaultState): void {
    state.startedUs = this.#engine.nowUs;
    state.active = kindOf(state.fault).simulate(state.fault, this.#world(state));
    this.#aiming.began(state.index, state.fault);
  }

  /** Ends the fault as if it had never been there. */
  #lift(state: FaultState): void {
    const lift = state.active?.lift;
    if (lift === undefined) {
      this.#finish(state);
      return;
    }
    delete state.active;
    delete state.onHit;
    state.endedUs = this.#engine.nowUs;
    lift();
  }

  #finish(state: FaultState): void {
    if (state.active === undefined) return;
    const { active } = state;
    delete state.active;
    const ended = (): void => {
      state.endedUs = this.#engine.nowUs;
      this.#aiming.ended(state.index);
    };
    const ending = active.end();
    if (ending instanceof Promise) this.#endings.push(ending.then(ended));
    else ended();
  }

  #world(state: FaultState): SimulatedWorld {
    const random = this.#engine.random.stream(`fault/${state.index}`);
    return {
      ...this.#levers,
      addRule: (node, member, rule) =>
        this.#levers.addRule(node, member, (message) => (state.isSpent === true ? PASS : rule(message))),
      operate: (order, afterMs = 0) => this.#operate(state, order, afterMs),
      randomInteger: (min, max) => random.integer(min, max),
      hit: (count = 1) => {
        state.hits += count;
        const { onHit } = state;
        if (count > 0) delete state.onHit;
        if (count > 0) onHit?.();
      },
    };
  }

  /** In an event of the observer, because its client is used. */
  #operate(state: FaultState, order: Order, afterMs: number): void {
    const operator = this.#operator;
    if (operator === undefined) return;
    let done = (): void => undefined;
    if (state.index >= this.#planned) this.#endings.push(new Promise<void>((resolve) => (done = resolve)));
    const act = () =>
      void order(operator)
        .then((did) => {
          if (did !== false) state.hits += 1;
          if (typeof did === 'object') state.deed = did;
        })
        .finally(() => done());
    this.#engine.schedule(this.#observer.immediateLane, afterMs * 1000, 'operator', act, this.#observer);
  }
}

/**
 * Whole microseconds: a fault that was moved by microseconds has a fraction of milliseconds, which is not
 * exact in binary.
 */
function microseconds(ms: number): number {
  return Math.round(ms * 1000);
}
