/** The verbs by which a test does something to its nodes and to etcd, each a fault that begins now. */
import type { Fault } from '../../../faults/index.js';
import { neverHealed } from '../../../faults/still-on.js';
import type { Injection, RunControl } from '../../../scenario/scenario.js';
import type { NodeClock, SimEtcd } from '../sim.js';

/** Longer than any run: until the test ends the fault, or all nodes have ended. */
const FOR_EVER_MS = 100_000_000;
/** One thousandth more would stop the clock. */
const DRIFT_MAX = 999;
/** The longest that a reply takes on a real etcd, where the reply itself cannot be seen. */
const REPLY_MS = 300;

export interface HandOptions {
  readonly control: RunControl;
  readonly members: readonly string[];
  /** Names of the nodes that the test has declared. */
  nodes(): readonly string[];
  /** @throws InputError where the test has no such node, or member */
  expectNode(name: string): void;
  expectMember(name: string): void;
  /** A mistake of the test. @throws InputError */
  refuse(message: string): never;
  /** @throws InputError unless it is a number in this range */
  expectNumber(what: string, value: unknown, min: number, max: number): void;
  /** Whether the node is there in this run; one that is not has no faults. */
  isPlanned(name: string): boolean;
}

export class FaultsByHand {
  readonly #options: HandOptions;
  #partitions: { readonly fault: Fault; readonly injection: Injection }[] = [];
  readonly #stopped = new Map<string, Injection>();

  constructor(options: HandOptions) {
    this.#options = options;
  }

  async partition(node: string, other?: string): Promise<void> {
    const { members, expectNode, nodes, control, isPlanned } = this.#options;
    expectNode(node);
    if (other !== undefined) expectOther(this.#options, node, other);
    const others =
      other === undefined ? [...members, ...control.serving().filter((one) => one !== node)] : [other];
    if (!isPlanned(node)) return;
    for (const one of others) {
      if (members.includes(one)) await this.#cut(node, one);
      else if (nodes().includes(one) && isPlanned(one)) {
        await this.#cut(node, one);
        await this.#cut(one, node);
      }
    }
  }

  async #cut(node: string, member: string): Promise<void> {
    const fault = { kind: 'partition', node, member, atMs: 0, durationMs: FOR_EVER_MS } as const;
    this.#partitions.push({ fault, injection: await this.#begin(fault) });
  }

  async heal(): Promise<void> {
    const acting = this.#partitions;
    this.#partitions = [];
    for (const { injection } of acting) await injection.end();
  }

  /** The faults that were never ended, in words; empty if all were. */
  get neverHealed(): string {
    const stopped = [...this.#stopped.keys()].map(
      (member) => ({ kind: 'member-restart', member, atMs: 0, durationMs: FOR_EVER_MS }) as const,
    );
    return neverHealed([...this.#partitions.map(({ fault }) => fault), ...stopped]);
  }

  async disconnect(node: string): Promise<void> {
    for (const member of this.#membersOf(node)) {
      await this.#begin({ kind: 'connection-reset', node, member, durationMs: 0 });
    }
  }

  async loseNextReply(node: string): Promise<void> {
    const { control } = this.#options;
    const group = {};
    for (const member of this.#membersOf(node)) {
      const fault = { kind: 'reply-lost', node, member, atMs: 0, durationMs: REPLY_MS } as const;
      await control.inject(fault, { untilHit: true, group });
    }
  }

  async pause(node: string, milliseconds: number): Promise<void> {
    this.#options.expectNode(node);
    this.#options.expectNumber('pause: milliseconds', milliseconds, 0, FOR_EVER_MS);
    await this.#onNode({ kind: 'node-pause', node, durationMs: milliseconds });
  }

  clock(node: string): NodeClock {
    this.#options.expectNode(node);
    return {
      jump: async (byMs) => {
        this.#options.expectNumber('jump: milliseconds', byMs, -FOR_EVER_MS, FOR_EVER_MS);
        await this.#onNode({ kind: 'clock-jump', node, byMs, durationMs: FOR_EVER_MS });
      },
      drift: async (perMille) => {
        this.#options.expectNumber('drift: thousandths', perMille, -DRIFT_MAX, DRIFT_MAX);
        await this.#onNode({ kind: 'clock-drift', node, perMille, durationMs: FOR_EVER_MS });
      },
    };
  }

  get etcd(): SimEtcd {
    const { members, expectMember, refuse } = this.#options;
    return {
      moveLeader: async (member = members[0] ?? '') => {
        expectMember(member);
        await this.#done({ kind: 'leader-change', member, durationMs: 0 });
      },
      stop: async (member) => {
        expectMember(member);
        if (this.#stopped.has(member)) refuse(`expected a member that runs, ${member} is stopped`);
        this.#stopped.set(
          member,
          await this.#begin({ kind: 'member-restart', member, durationMs: FOR_EVER_MS }),
        );
      },
      start: async (member) => {
        expectMember(member);
        const stopped = this.#stopped.get(member);
        if (stopped === undefined) return refuse(`expected a member that is stopped, ${member} runs`);
        this.#stopped.delete(member);
        await stopped.end();
      },
      compact: (keep = 0) => this.#done({ kind: 'compaction', keep, durationMs: 0 }),
      revokeLease: (index = 0) => this.#done({ kind: 'lease-revoked', index, durationMs: 0 }),
    };
  }

  #membersOf(node: string, member?: string): readonly string[] {
    const { members, expectNode, expectMember } = this.#options;
    expectNode(node);
    if (member !== undefined) expectMember(member);
    if (!this.#options.isPlanned(node)) return [];
    return member === undefined ? members : [member];
  }

  async #onNode(fault: WithoutTime<Fault> & { readonly node: string }): Promise<void> {
    if (this.#options.isPlanned(fault.node)) await this.#begin(fault);
  }

  /** Begins it, and waits until it is done. */
  async #done(fault: WithoutTime<Fault>): Promise<void> {
    await (await this.#begin(fault)).end();
  }

  #begin(fault: WithoutTime<Fault>): Promise<Injection> {
    return this.#options.control.inject({ ...fault, atMs: 0 });
  }
}

/** @throws InputError unless it is a member, or another node */
function expectOther({ members, nodes, refuse }: HandOptions, node: string, other: string): void {
  const others = [...members, ...nodes().filter((one) => one !== node)];
  if (!others.includes(other))
    refuse(`expected a member or another node (${others.join(', ')}), got ${other}`);
}

type WithoutTime<F> = F extends unknown ? Omit<F, 'atMs'> : never;
