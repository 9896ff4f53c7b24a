/**
 * The link between one node and one member, or another node: how long a message takes and which rules apply to it.
 * Invariant: messages of one call arrive in the order they were sent. Different calls may overtake each other, as on a
 * server that handles every request in its own goroutine.
 */
import type { Engine } from '../engine/engine.js';
import type { Lane } from '../engine/lane.js';
import type { VirtualNode } from '../engine/node.js';
import type { RandomStream } from '../engine/random.js';
import type { Carrier } from './carrier.js';
import { Connection } from './connection.js';
import type { ObserveMessage, Reception } from './message-observer.js';
import { PASS, type LinkMessage, type LinkRule, type LinkVerdict } from './rule.js';

/** The calm network: one-way delays are drawn uniformly from this range, per message. */
export interface Delays {
  readonly oneWayDelayMinUs: number;
  readonly oneWayDelayMaxUs: number;
}

/** The messages of a run, counted over all links. */
export interface Traffic {
  messages: number;
  bytes: number;
  dropped: number;
}

export class Link implements Carrier {
  readonly connection = new Connection(this);
  readonly #engine: Engine;
  #node: VirtualNode;
  readonly #delays: Delays;
  readonly #traffic: Traffic;
  readonly #memberListens: () => boolean;
  readonly #observe: ObserveMessage | undefined;
  readonly #lane: Lane;
  readonly #random: RandomStream;
  readonly #rules = new Set<LinkRule>();
  #separated = 0;

  constructor(options: {
    engine: Engine;
    node: VirtualNode;
    member: string;
    /** Where the other end listens, for words about it. */
    address: string;
    delays: Delays;
    traffic: Traffic;
    memberListens: () => boolean;
    observe?: ObserveMessage | undefined;
  }) {
    this.#engine = options.engine;
    this.#node = options.node;
    this.#delays = options.delays;
    this.#traffic = options.traffic;
    this.#memberListens = options.memberListens;
    this.#observe = options.observe;
    this.member = options.member;
    this.address = options.address;
    const name = `${options.node.name}-${options.member}`;
    this.#lane = options.engine.lane(`link/${name}`);
    this.#random = options.engine.random.stream(`link/${name}`);
  }

  readonly member: string;
  readonly address: string;

  get nowUs(): number {
    return this.#engine.nowUs;
  }

  /** From now on the node's end belongs to this process. */
  occupy(node: VirtualNode): void {
    this.#node = node;
  }

  /**
   * The node's process has died. The member hears of it in a moment; until then, sent messages may still
   * arrive.
   */
  abandon(): void {
    const vanish = this.connection.abandon();
    const { oneWayDelayMaxUs } = this.#delays;
    this.toMember(this.#random.integer(0, oneWayDelayMaxUs), 'gone', vanish);
  }

  /** Adds a rule to the link until the returned function is called. */
  addRule(rule: LinkRule): () => void {
    this.#rules.add(rule);
    return () => this.#rules.delete(rule);
  }

  /** Whether frames sent at the same moment travel as separate messages. */
  get isSeparated(): boolean {
    return this.#separated > 0;
  }

  /** They do until the returned function is called. */
  separate(): () => void {
    this.#separated++;
    return () => this.#separated--;
  }

  /** How much later the node hears that its connection has ended, or undefined if it never does. */
  closeDelayUs(): number | undefined {
    const verdict = this.#judge({ direction: 'close', method: '', bytes: 0 });
    switch (verdict.kind) {
      case 'pass':
      case 'cut':
        return 0;
      case 'delay':
      case 'late':
        return verdict.byUs;
      case 'drop':
        return undefined;
    }
  }

  randomInteger(min: number, max: number): number {
    return this.#random.integer(min, max);
  }

  /** Makes something happen as code of the node, without crossing the network. */
  toNode(delayUs: number, label: string, action: () => void): () => void {
    return this.#engine.schedule(this.#lane, delayUs, `${this.#lane.name} ${label}`, action, this.#node);
  }

  /** Makes something happen at the member. */
  toMember(delayUs: number, label: string, action: () => void): () => void {
    return this.#engine.schedule(this.#lane, delayUs, `${this.#lane.name} ${label}`, action);
  }

  /** As {@link toNode}, for an action that no code waits for. */
  toNodeInBackground(delayUs: number, label: string, action: () => void): () => void {
    const name = `${this.#lane.name} ${label}`;
    return this.#engine.scheduleBackground(this.#lane, delayUs, name, action, this.#node);
  }

  /**
   * Tries to reach the member's port. One of the two callbacks is called when the answer is back; neither is
   * if it is lost.
   */
  connect(established: () => void, refused: () => void): void {
    const travel: LinkMessage = { direction: 'connect', method: '', bytes: 0 };
    const there = this.#travel(travel);
    if (there === undefined) return;
    this.#engine.schedule(this.#lane, there.us, `${this.#lane.name} connect`, () => {
      const listens = this.#memberListens();
      const back = this.#travel(travel);
      if (back !== undefined)
        this.toNode(back.us, listens ? 'accept' : 'refuse', listens ? established : refused);
    });
  }

  /**
   * Sends one message, unless a rule drops it. `earliestUs` keeps the order within a call. Returns when it
   * arrives, or undefined if it never will.
   *
   * @param call the number of its call among the run's calls
   * @param arrive hears whether the message arrives even if its call or connection has ended
   */
  send(
    message: LinkMessage & { readonly direction: 'request' | 'reply' },
    call: number,
    label: string,
    earliestUs: number,
    arrive: (isLate: boolean) => Reception,
  ): number | undefined {
    this.#traffic.messages++;
    this.#traffic.bytes += message.bytes;
    const { direction, bytes } = message;
    const observer = this.#observe?.({ node: this.#node.name, member: this.member, direction, call, bytes });
    const travel = this.#travel(message);
    if (travel === undefined) {
      this.#traffic.dropped++;
      observer?.lost();
      return undefined;
    }
    const atUs = Math.max(this.#engine.nowUs + travel.us, earliestUs);
    const receiver = message.direction === 'reply' ? this.#node : undefined;
    const action = (): void => {
      observer?.arrived();
      const reception = arrive(travel.isLate);
      if (reception !== 'taken') observer?.[reception]();
    };
    this.#engine.schedule(this.#lane, atUs - this.#engine.nowUs, label, action, receiver);
    return atUs;
  }

  /** Folds the bytes of a delivered message into the run's trace. */
  traceBytes(bytes: Uint8Array): void {
    this.#engine.trace.bytes(bytes);
  }

  /** How long the message takes, or undefined if it is swallowed. */
  #travel(message: LinkMessage): { readonly us: number; readonly isLate: boolean } | undefined {
    const { oneWayDelayMinUs, oneWayDelayMaxUs } = this.#delays;
    const calmUs = this.#random.integer(oneWayDelayMinUs, oneWayDelayMaxUs + this.#engine.spreadUs);
    const verdict = this.#judge(message);
    switch (verdict.kind) {
      case 'pass':
        return { us: calmUs, isLate: false };
      case 'delay':
      case 'late':
        return { us: calmUs + verdict.byUs, isLate: verdict.kind === 'late' };
      case 'drop':
        return undefined;
      case 'cut':
        this.#engine.schedule(this.#lane, calmUs, `${this.#lane.name} cut`, () =>
          this.connection.reset('closed'),
        );
        return undefined;
    }
  }

  #judge(message: LinkMessage): LinkVerdict {
    for (const rule of this.#rules) {
      const verdict = rule(message);
      if (verdict.kind !== 'pass') return verdict;
    }
    return PASS;
  }
}
