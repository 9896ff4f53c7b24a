/**
 * The effects of faults on the simulated world: on links, members and nodes. Invariant: if several faults
 * keep a member down, paused or cut off, it stays so until the last of them ends.
 */
import type { Engine } from '../../engine/engine.js';
import type { VirtualNode } from '../../engine/node.js';
import type { Processes } from './processes.js';
import { ERRORS, statusOf } from '../../etcd/errors.js';
import type { EtcdCluster } from '../../etcd/service.js';
import type { CallStatus } from '../../etcd/call-status.js';
import type { SimulatedWorld, WatchEnd } from '../../faults/fault.js';
import { referenceCount } from '../reference-count.js';
import { Replacements } from './replacements.js';
import type { Network } from '../../network/network.js';

/** The verbs of a fault that are the same for all faults. */
export interface Levers extends Omit<SimulatedWorld, 'operate' | 'randomInteger' | 'hit'> {
  /** The member that leads with a quorum, if one does. */
  leader(): string | undefined;
}

export interface LeverParts {
  readonly engine: Engine;
  readonly network: Network;
  readonly cluster: EtcdCluster;
  readonly observer: VirtualNode;
  readonly processes: Processes;
}

const WATCH = '/etcdserverpb.Watch/Watch';
/** An alarm can be disarmed only while there is a leader. */
const LOWER_AGAIN_US = 100_000;

export function createLevers({ engine, network, cluster, observer, processes }: LeverParts): Levers {
  const members = cluster.members.map(({ name }) => name);
  const down = referenceCount(
    (member) => {
      cluster.stopMember(member);
      network.resetMember(member);
    },
    (member) => cluster.startMember(member),
  );
  const still = referenceCount(
    (member) => cluster.pauseMember(member),
    (member) => cluster.resumeMember(member),
  );
  const cut = referenceCount(
    (pair) => cluster.disconnectMembers(...(pair.split(' ') as [string, string])),
    (pair) => cluster.reconnectMembers(...(pair.split(' ') as [string, string])),
  );
  const full = referenceCount(
    () => undefined,
    () => undefined,
  );
  const replacements = new Replacements({ engine, cluster, observer, down });
  const slowness = new Map(members.map((name) => [name, [] as number[]]));
  const pairsOf = (member: string) =>
    members.filter((other) => other !== member).map((other) => [member, other].sort().join(' '));
  const lowerLater = (lower: () => boolean, done: () => void): void => {
    const again = (): void => (lower() ? done() : lowerLater(lower, done));
    engine.schedule(observer.timerLane, LOWER_AGAIN_US, 'alarm disarmed', again, observer);
  };
  const slowDown = (member: string) =>
    cluster.slowMember(member, Math.max(0, ...(slowness.get(member) ?? [])));

  return {
    members,
    leader: () => cluster.leader,
    addRule: (node, member, rule) => network.link(node, member).addRule(rule),
    resetConnection: (node, member) => network.link(node, member).connection.reset(),
    severConnection: (node, member) => network.link(node, member).connection.sever(),
    separateMessages: (node, member) => network.link(node, member).separate(),
    nowUs: () => engine.nowUs,
    stopMember: (member) => void down.begin(member),
    startMember: (member) => void down.end(member),
    pauseMember: (member) => void still.begin(member),
    resumeMember: (member) => void still.end(member),
    cutMember: (member) => pairsOf(member).forEach((pair) => void cut.begin(pair)),
    mendMember: (member) => pairsOf(member).forEach((pair) => void cut.end(pair)),
    replaceMember: (member, how, onRemoved) => replacements.begin(member, how, onRemoved),
    moveLeader(member) {
      const next = members[(members.indexOf(member) + 1) % members.length] ?? member;
      return cluster.leader !== undefined && cluster.moveLeader(cluster.leader === member ? next : member);
    },
    slowMember(member, byMs) {
      slowness.get(member)?.push(byMs);
      slowDown(member);
      return () => {
        const all = slowness.get(member) ?? [];
        all.splice(all.indexOf(byMs), 1);
        slowDown(member);
      };
    },
    raiseNoSpace(member, letInMs) {
      void full.begin(member);
      return letInMs > 0 ? cluster.fillDatabase(member, letInMs) : cluster.raiseAlarm(member, 'NOSPACE');
    },
    lowerNoSpace(member) {
      void full.end(member);
      const lower = (): boolean => full.holds(member) || cluster.lowerAlarm(member, 'NOSPACE');
      return lower() ? undefined : new Promise((resolve) => lowerLater(lower, resolve));
    },
    endWatches: (node, how) => network.endCalls(node, WATCH, STATUS_OF[how]),
    pauseNode: (node, durationMs, onHeld) => processes.of(node).standStill(durationMs * 1000, onHeld),
    shiftClock: (node, byMs, onRead) => processes.of(node).shiftWallClock(byMs, onRead),
    driftClock: (node, perMille, onRead) => processes.of(node).driftClocks(perMille, onRead),
    crashNode: (node) => processes.crash(node),
    restartNode: (node) => processes.restart(node),
  };
}

const STATUS_OF: Readonly<Record<WatchEnd, CallStatus>> = {
  'no-leader': statusOf(ERRORS.noLeader),
  clean: { code: 0, details: '' },
};
