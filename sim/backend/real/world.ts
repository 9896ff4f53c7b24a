/** The verbs of faults on the real backend: toxics on the links, signals to the members. */
import type { RealWorld } from '../../faults/fault.js';
import type { ConnectionMeter } from './connection-meter.js';
import type { EtcdMembers } from './etcd-members.js';
import { FaultRefused } from './fault-refused.js';
import type { Link } from './links.js';

/** A connection that was cut is noticed in a millisecond or two; one that never stood is not waited for. */
const CUT_NOTICED_MAX_MS = 1_000;

export interface WorldOptions {
  /** Empty where nodes reach etcd without Toxiproxy. */
  readonly links: readonly Link[];
  /** Undefined where someone else runs etcd. */
  readonly members: EtcdMembers | undefined;
  readonly meter: ConnectionMeter;
}

/** The verbs of a real fault that act on the cluster. */
export type ClusterWorld = Omit<RealWorld, 'operate'>;

/** All of them, and two that need a process of ours. */
export interface PausableWorld extends ClusterWorld {
  /** Stops the member's process where it is (SIGSTOP), its connections open. */
  pauseMember(member: string): Promise<void>;
  /** Lets a paused member go on (SIGCONT). */
  resumeMember(member: string): Promise<void>;
}

/** Every verb rejects with FaultRefused where this cluster cannot do it. */
export function createWorld({ links, members, meter }: WorldOptions): PausableWorld {
  /** How many faults keep each member down: it starts again when the last of them ends. */
  const down = new Map<string, number>();

  return {
    async addToxic(node, member, toxic) {
      const { proxy } = await linkOf(links, node, member);
      return proxy.addToxic(toxic);
    },
    async resetConnections(node, member) {
      const { proxy } = await linkOf(links, node, member);
      const closes = Promise.all(meter.closes(node, member));
      await proxy.cut();
      await noLongerThan(CUT_NOTICED_MAX_MS, closes);
    },
    async stopMember(member) {
      const own = await ours(members, member);
      down.set(member, (down.get(member) ?? 0) + 1);
      await own.stop(member);
    },
    async startMember(member) {
      const own = await ours(members, member);
      const left = (down.get(member) ?? 1) - 1;
      down.set(member, left);
      if (left === 0) own.start(member);
    },
    async pauseMember(member) {
      (await ours(members, member)).pause(member);
    },
    async resumeMember(member) {
      (await ours(members, member)).resume(member);
    },
  };
}

async function linkOf(links: readonly Link[], node: string, member: string): Promise<Link> {
  const link = links.find((candidate) => candidate.node === node && candidate.member === member);
  if (link !== undefined) return link;
  if (links.length === 0) return Promise.reject(new FaultRefused('nodes reach etcd without Toxiproxy'));
  throw new Error(`expected a link of this run, got ${node} to ${member}`);
}

async function ours(members: EtcdMembers | undefined, member: string): Promise<EtcdMembers> {
  if (members !== undefined) return Promise.resolve(members);
  throw new FaultRefused(`${member} was given as an endpoint: its process is not ours to stop`);
}

async function noLongerThan(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
