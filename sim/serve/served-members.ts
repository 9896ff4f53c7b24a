/**
 * The verbs for the members of a served etcd. Invariant: a member's port follows its process; each verb resolves when
 * it is done, not when the other members notice.
 */
import type { EtcdCluster } from '../etcd/service.js';
import type { MemberPort } from './member-port.js';

/** The verbs of {@link EtcdCluster}, with real ports. A member is named as in `members`; another name throws. */
export interface ServedMembers {
  /** The endpoints of its members, such as `http://127.0.0.1:2379`. */
  readonly endpoints: readonly string[];
  /** Names, in the order of the endpoints. */
  readonly members: readonly string[];
  /** The leader with a quorum; undefined while there is none. */
  readonly leader: string | undefined;
  /** Ends the member's process: its connections break, and its port refuses new ones. */
  stopMember(name: string): Promise<void>;
  /**
   * Starts it again at its port; its data is kept. Rejects with an EnvironmentError if the port is taken.
   *
   * An unused name, or that of a removed member, goes to a member that was added with MemberAdd and never
   * started: the one whose peer URL has that host, or the only one. It listens at a free port, or at that of
   * the removed one, and gets everything that the others have.
   */
  startMember(name: string): Promise<void>;
  /**
   * Pauses the process, as SIGSTOP does: connections stay open and new ones are accepted, but no request is answered.
   */
  pauseMember(name: string): void;
  resumeMember(name: string): void;
  isRunning(name: string): boolean;
  /** Cuts the link between the two members. Clients still reach both. */
  disconnectMembers(left: string, right: string): void;
  reconnectMembers(left: string, right: string): void;
  /** Delays by this many milliseconds when the member applies committed entries; 0 ends the delay. */
  slowMember(name: string, byMs: number): void;
  /** Moves the leadership to the member without an outage; false if it cannot lead now. */
  moveLeader(name: string): boolean;
}

export function servedMembers(
  cluster: EtcdCluster,
  ports: ReadonlyMap<string, MemberPort>,
  join: (name: string) => Promise<void>,
): ServedMembers {
  const portOf = (name: string): MemberPort => {
    const port = ports.get(name);
    if (port === undefined)
      throw new Error(`expected one of the members ${[...ports.keys()].join(', ')}, got ${name}`);
    return port;
  };
  return {
    get members() {
      return [...ports.keys()];
    },
    get endpoints() {
      return [...ports.values()].map(({ url }) => url);
    },
    get leader() {
      return cluster.leader;
    },
    async stopMember(name) {
      const port = portOf(name);
      cluster.stopMember(name);
      await port.close();
    },
    async startMember(name) {
      if (!ports.has(name)) {
        await join(name);
        return;
      }
      await portOf(name).open();
      cluster.startMember(name);
      // A removed member ends at once.
      if (!cluster.isRunning(name)) await portOf(name).close();
    },
    pauseMember(name) {
      if (!cluster.isRunning(name)) return;
      portOf(name).pause();
      cluster.pauseMember(name);
    },
    resumeMember(name) {
      cluster.resumeMember(name);
      portOf(name).resume();
    },
    isRunning: (name) => cluster.isRunning(name),
    disconnectMembers: (left, right) => cluster.disconnectMembers(left, right),
    reconnectMembers: (left, right) => cluster.reconnectMembers(left, right),
    slowMember: (name, byMs) => cluster.slowMember(name, byMs),
    moveLeader: (name) => cluster.moveLeader(name),
  };
}
