/**
 * Records how often the circuit breakers of a node's client refused requests: etcd3 fails them at once, and no call shows
 * it. Invariant: it only watches, and outside of runs breakers are as cockatiel made them.
 */
import { CircuitBreakerPolicy, CircuitState } from 'cockatiel';
import { slot, type Slot } from '../../engine/ambient/slot.js';
import { currentNode, type NodeEngine } from '../../engine/node.js';
import type { CallMoment } from '../../history/calls.js';
import type { OpenBreaker } from '../../history/incidents.js';
import type { ObserveCall } from '../../network/call-observer.js';

/** Fewer refusals are no loop. */
const TIMES_MIN = 3;

/** Refusals in a row, while no request of the node was sent. */
interface Span {
  readonly at: CallMoment;
  /** By breaker: a client has one for each member, and asks all of them before it fails. */
  readonly timesUs: Map<object, number[]>;
}

const listeners = new WeakMap<NodeEngine, OpenBreakers>();

export class OpenBreakers {
  readonly #moment: () => CallMoment;
  readonly #open = new Map<string, Span>();
  readonly #over: OpenBreaker[] = [];

  constructor(engine: NodeEngine, moment: () => CallMoment) {
    this.#moment = moment;
    listeners.set(engine, this);
  }

  /** A request of the node that is sent ends its refusals. */
  readonly observeCall: ObserveCall = ({ node }) => {
    this.#end(node);
    return undefined;
  };

  refuses(node: string, breaker: object): void {
    const at = this.#moment();
    const span = this.#open.get(node) ?? { at, timesUs: new Map<object, number[]>() };
    this.#open.set(node, span);
    const timesUs = span.timesUs.get(breaker);
    if (timesUs === undefined) span.timesUs.set(breaker, [at.timeUs]);
    else timesUs.push(at.timeUs);
  }

  /** Each span of many refusals so far. */
  get incidents(): readonly OpenBreaker[] {
    for (const node of [...this.#open.keys()]) this.#end(node);
    return this.#over;
  }

  #end(node: string): void {
    const span = this.#open.get(node);
    if (span === undefined) return;
    this.#open.delete(node);
    const [timesUs = []] = [...span.timesUs.values()].sort((left, right) => right.length - left.length);
    if (timesUs.length >= TIMES_MIN) this.#over.push({ kind: 'breaker open', at: span.at, node, timesUs });
  }
}

// The prototype's own, not one that a run has put there.
const native = CircuitBreakerPolicy.prototype.execute;

/** The method by which a request passes a breaker. */
export const breakerSlots: readonly Slot[] = [
  slot(
    CircuitBreakerPolicy.prototype,
    'execute',
    function (this: CircuitBreakerPolicy, ...given: unknown[]): unknown {
      const result = Reflect.apply(native, this, given) as unknown;
      // A breaker that lets a request through is half open by now.
      if (this.state !== CircuitState.Open) return result;
      const node = currentNode();
      if (node !== undefined) listeners.get(node.engine)?.refuses(node.name, this);
      return result;
    },
  ),
];
