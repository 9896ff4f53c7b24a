/** What is served of the Cluster and Maintenance services: the list of members and a member's status. */
import { ok } from '../result.js';
import {
  MEMBER_LIST_REQUEST,
  MEMBER_LIST_RESPONSE,
  STATUS_REQUEST,
  STATUS_RESPONSE,
  type StatusResponse,
} from '../wire/cluster.js';
import type { Encodable } from '../wire/message.js';
import { admit, admitToMaintenance, type GiveUp } from './admit.js';
import type { MemberServer, Method } from './server.js';
import { unary } from './unary.js';

const ERROR_NO_LEADER = 'etcdserver: no leader';
/** etcd's default quota: 2 GiB. */
const QUOTA_BYTES = 2 * 1024 * 1024 * 1024;
/** What a database with little in it takes. The model keeps nothing on disk and does not count. */
const DATABASE_BYTES = 28_672;
const DATABASE_BYTES_IN_USE = 24_576;

/** The Cluster service's methods by name, as far as they are served. */
export const CLUSTER_METHODS: Readonly<Record<string, Method>> = {
  MemberList: unary(MEMBER_LIST_REQUEST, MEMBER_LIST_RESPONSE, (server, request, reply, _bytes, metadata) => {
    const audience = server.rules.auth.guardsAllMethods ? 'authenticated' : 'everyone';
    const answer = (): GiveUp =>
      admit(server, metadata, audience, reply, () => {
        reply(ok({ header: { ...server.header(), revision: 0 }, members: membersOf(server) }));
        return undefined;
      });
    if (!request.linearizable) return answer();
    let giveUp: GiveUp;
    const cancel = server.linearizableRead((confirmed) => {
      if (confirmed.kind === 'failed') reply(confirmed);
      else giveUp = answer();
    });
    return () => {
      cancel();
      giveUp?.();
    };
  }),
};

/** The Maintenance service's methods by name, as far as they are served. */
export const MAINTENANCE_METHODS: Readonly<Record<string, Method>> = {
  Status: unary(STATUS_REQUEST, STATUS_RESPONSE, (server, _request, reply, _bytes, metadata) => {
    const audience = server.rules.auth.guardsAllMethods ? 'authenticated' : 'everyone';
    return admitToMaintenance(server, metadata, audience, reply, () => {
      reply(ok(statusOf(server)));
      return undefined;
    });
  }),
};

function statusOf(server: MemberServer): Encodable<StatusResponse> {
  const leader = server.knownLeader;
  return {
    header: server.header(),
    version: server.rules.release,
    dbSize: DATABASE_BYTES,
    leader: leader?.id ?? 0n,
    raftIndex: server.committedIndex,
    raftTerm: server.term,
    raftAppliedIndex: server.appliedIndex,
    errors: leader === undefined ? [ERROR_NO_LEADER] : [],
    dbSizeInUse: DATABASE_BYTES_IN_USE,
    storageVersion: server.rules.storageVersion,
    dbSizeQuota: server.rules.statusTellsQuota ? QUOTA_BYTES : 0,
    downgradeInfo: server.rules.statusTellsQuota ? { enabled: false, targetVersion: '' } : undefined,
  };
}

/** Members do not speak to each other, so that their peer addresses lead nowhere. */
function membersOf(
  server: MemberServer,
): { ID: bigint; name: string; peerURLs: string[]; clientURLs: readonly string[] }[] {
  return server.members.map(({ id, name, clientUrls }) => ({
    ID: id,
    name,
    peerURLs: [`http://${name}:2380`],
    clientURLs: clientUrls,
  }));
}
