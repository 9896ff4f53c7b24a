/** The verbs of faults on the real backend: toxics on the links, signals to the members. */
import type { RealWorld } from '../../faults/fault.js';
import { ALARM_ACTION, ALARM_TYPE } from '../../etcd/wire/maintenance.js';
import { referenceCount } from '../reference-count.js';
import type { ConnectionMeter } from './connection-meter.js';
import type { EtcdMembers } from './etcd-members.js';
import type { Link } from './links.js';
import type { PeerProxies } from './peer-proxies.js';
import { poll } from './poll.js';
import { Replacements } from './replacements.js';

/** A cut connection is noticed within a millisecond or two; one that was never established needs no wait. */
const CUT_NOTICED_MAX_MS = 1_000;
const DISARM_ATTEMPTS = 100;
const DISARM_AGAIN_MS = 100;

export interface WorldOptions {
  /** Names of the members, ours or not. */
  readonly names: readonly string[];
  /** Empty if nodes reach etcd without Toxiproxy. */
  readonly links: readonly Link[];
  /** Undefined if someone else runs etcd. */
  readonly members: EtcdMembers | undefined;
  readonly meter: ConnectionMeter;
  /** The proxies between the members; undefined if there are none. */
  readonly peers?: PeerProxies | undefined;
}

/** The verbs of a real fault that act on the cluster. */
export interface ClusterWorld extends Omit<RealWorld, 'operate' | 'hit'> {
  /** The member that leads; undefined if none does, or someone else runs etcd. */
  leader(): Promise<string | undefined>;
}

/** A verb that this cluster does not support rejects with FaultRefused. */
export function createWorld({ names, links, members, meter, peers }: WorldOptions): ClusterWorld {
  const own = (member: string): Promise<EtcdMembers> => ours(members, member);
  const down = referenceCount(
    async (member) => (await own(member)).stop(member),
    async (member) => (await own(member)).start(member),
  );
  const still = referenceCount(
    async (member) => (await own(member)).pause(member),
    async (member) => (await own(member)).resume(member),
  );
  const cut = referenceCount(
    (pair) => peers?.cut(...namesOf(pair)),
    (pair) => peers?.mend(...namesOf(pair)),
  );
  const replacements = members && new Replacements({ members, down, peers });
  /** Which member raised an alarm, under which id: a replacement has another id. */
  const raisedBy = new Map<string, bigint>();
  const full = referenceCount(
    async (member) => {
      const all = await own(member);
      const { id } = await all.administer(member, (asked) => asked.whoIsWho());
      raisedBy.set(member, id);
      try {
        await raise(all, member, id);
      } catch (error) {
        // It may have been raised nevertheless.
        await disarm(all, member, id).catch(() => undefined);
        throw error;
      }
    },
    async (member) => disarm(await own(member), member, raisedBy.get(member) ?? 0n),
  );

  async function eachPair(member: string, action: (pair: string) => void | Promise<void>): Promise<void> {
    const { names } = await own(member);
    if (peers === undefined) throw new FaultRefused('no proxy stands between the members');
    for (const other of names) if (other !== member) await action([member, other].sort().join(' '));
  }

  return {
    members: names,
    leader: async () => (members === undefined ? undefined : (await leaderOf(members)).leader?.name),
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
    stopMember: async (member) => down.begin(member),
    startMember: async (member) => down.end(member),
    pauseMember: async (member) => still.begin(member),
    resumeMember: async (member) => still.end(member),
    cutMember: (member) => eachPair(member, (pair) => cut.begin(pair)),
    mendMember: (member) => eachPair(member, (pair) => cut.end(pair)),
    async replaceMember(member, how) {
      await own(member);
      return replacements?.begin(member, how) ?? (() => Promise.resolve());
    },
    moveLeader: async (member) => handOver(await own(member), member),
    raiseNoSpace: async (member) => full.begin(member),
    lowerNoSpace: async (member) => full.end(member),
  };
}

function namesOf(pair: string): [string, string] {
  return pair.split(' ') as [string, string];
}

/**
 * To the member, or to the next if it already leads; false if no leader is known, or it refuses to hand over.
 */
async function handOver(members: EtcdMembers, member: string): Promise<boolean> {
  const { names } = members;
  const next = names[(names.indexOf(member) + 1) % names.length] ?? member;
  const { leader, known } = await leaderOf(members);
  const target = known.find((one) => one?.name === (leader?.name === member ? next : member));
  if (leader === undefined || target === undefined) return false;
  return members
    .administer(leader.name, (asked) => asked.moveLeader(target.id))
    .then(
      () => true,
      () => false,
    );
}

/** The leader, and all members that answer. */
async function leaderOf(members: EtcdMembers) {
  const known = await Promise.all(
    members.names.map((name) =>
      members
        .administer(name, async (asked) => ({ name, ...(await asked.whoIsWho()) }))
        .catch(() => undefined),
    ),
  );
  return { known, leader: known.find((one) => one !== undefined && one.id === one.leader) };
}

async function raise(members: EtcdMembers, member: string, memberID: bigint): Promise<void> {
  await members.administer(member, (asked) =>
    asked.alarm({ action: ALARM_ACTION.activate, memberID, alarm: ALARM_TYPE.noSpace }),
  );
}

/** Also if it is unknown whether the alarm was raised; through any member that accepts it. */
async function disarm(members: EtcdMembers, member: string, memberID: bigint): Promise<void> {
  const done = await poll({ attempts: DISARM_ATTEMPTS, intervalMs: DISARM_AGAIN_MS }, async () => {
    for (const name of members.names) {
      try {
        await members.administer(name, (asked) =>
          asked.alarm({ action: ALARM_ACTION.deactivate, memberID, alarm: ALARM_TYPE.noSpace }),
        );
        return true;
      } catch {
        continue;
      }
    }
    return undefined;
  });
  if (done === undefined) throw new Error(`the alarm of ${member} could not be disarmed`);
}

async function linkOf(links: readonly Link[], node: string, member: string): Promise<Link> {
  const link = links.find((candidate) => candidate.node === node && candidate.member === member);
  if (link !== undefined) return link;
  if (links.length === 0) return Promise.reject(new FaultRefused('nodes reach etcd without Toxiproxy'));
  if (links.some((candidate) => candidate.node === member)) {
    throw new FaultRefused(`no proxy stands between the nodes ${node} and ${member}`);
  }
  throw new Error(`expected a link of this run, got ${node} to ${member}`);
}

async function ours(members: EtcdMembers | undefined, member: string): Promise<EtcdMembers> {
  if (members !== undefined) return Promise.resolve(members);
  throw new FaultRefused(`${member} was given as an endpoint, so its process is not stopped`);
}

async function noLongerThan(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}

/**
 * A fault that this real cluster does not support, such as killing an etcd that someone else runs. The run
 * continues.
 */
export class FaultRefused extends Error {
  override readonly name = 'FaultRefused';
}
