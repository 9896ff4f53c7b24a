/** The plan's faults in virtual time: each begins when it is due, acts for its duration and is undone. */
import type { Engine } from '../../engine/engine.js';
import type { VirtualNode } from '../../engine/node.js';
import type { EtcdCluster } from '../../etcd/service.js';
import type { ActiveFault, Operator, SimulatedWorld } from '../../faults/fault.js';
import { kindOf, type Fault } from '../../faults/index.js';
import type { Network } from '../../network/network.js';
import type { FaultRecord } from '../../run.js';

interface FaultState {
  readonly fault: Fault;
  readonly index: number;
  startedUs?: number;
  endedUs?: number;
  hits: number;
  active?: ActiveFault;
}

export class SimulatedFaults {
  readonly #states: readonly FaultState[];
  readonly #engine: Engine;
  readonly #network: Network;
  readonly #cluster: EtcdCluster;
  /** How many faults keep each member down: it starts again when the last of them ends. */
  readonly #down = new Map<string, number>();
  readonly #observer: VirtualNode;
  #operator: Operator | undefined;
  #over = false;

  /** @param observer who acts where somebody has to */
  constructor(
    faults: readonly Fault[],
    engine: Engine,
    network: Network,
    cluster: EtcdCluster,
    observer: VirtualNode,
  ) {
    this.#states = faults.map((fault, index) => ({ fault, index, hits: 0 }));
    this.#engine = engine;
    this.#network = network;
    this.#cluster = cluster;
    this.#observer = observer;
  }

  /** From now on faults begin when they are due. */
  start(operator: Operator): void {
    this.#operator = operator;
    for (const state of this.#states) {
      const lane = this.#engine.lane(`fault/${state.index}`);
      this.#engine.schedule(lane, state.fault.atMs * 1000, `fault ${state.index} begins`, () => {
        if (this.#over) return;
        this.#begin(state);
        const durationUs = state.fault.durationMs * 1000;
        this.#engine.schedule(lane, durationUs, `fault ${state.index} ends`, () => this.#finish(state));
      });
    }
  }

  /** Undoes what is acting and begins nothing more. */
  end(): void {
    this.#over = true;
    for (const state of this.#states) this.#finish(state);
  }

  records(): FaultRecord[] {
    return this.#states.map(({ fault, index, hits, startedUs, endedUs }) => ({
      index,
      kind: fault.kind,
      text: kindOf(fault).describe(fault),
      ...(startedUs === undefined ? {} : { startedUs }),
      ...(endedUs === undefined ? {} : { endedUs }),
      hits,
    }));
  }

  #begin(state: FaultState): void {
    state.startedUs = this.#engine.nowUs;
    state.active = kindOf(state.fault).simulate(state.fault, this.#world(state));
  }

  #finish(state: FaultState): void {
    if (state.active === undefined) return;
    state.active.end();
    delete state.active;
    state.endedUs = this.#engine.nowUs;
  }

  #world(state: FaultState): SimulatedWorld {
    const random = this.#engine.random.stream(`fault/${state.index}`);
    return {
      addRule: (node, member, rule) => this.#network.link(node, member).addRule(rule),
      resetConnection: (node, member) => this.#network.link(node, member).connection.reset(),
      stopMember: (member) => this.#stopMember(member),
      startMember: (member) => this.#startMember(member),
      operate: (order) => this.#operate(state, order),
      randomInteger: (min, max) => random.integer(min, max),
      hit: (count = 1) => {
        state.hits += count;
      },
    };
  }

  /** In an event of the observer's, whose client it is. */
  #operate(state: FaultState, order: (operator: Operator) => Promise<boolean>): void {
    const operator = this.#operator;
    if (operator === undefined) return;
    const act = () => void order(operator).then((did) => (state.hits += Number(did)));
    this.#engine.schedule(this.#observer.immediateLane, 0, 'operator', act, this.#observer);
  }

  #stopMember(member: string): void {
    const down = this.#down.get(member) ?? 0;
    this.#down.set(member, down + 1);
    if (down > 0) return;
    this.#cluster.stopMember(member);
    this.#network.resetMember(member);
  }

  #startMember(member: string): void {
    const down = (this.#down.get(member) ?? 1) - 1;
    this.#down.set(member, down);
    if (down === 0) this.#cluster.startMember(member);
  }
}
