/** Administrators' requests to an etcd: the messages of the Cluster and Maintenance services. */
import * as cluster from '../../../sim/etcd/wire/cluster.js';
import * as maintenance from '../../../sim/etcd/wire/maintenance.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import type { RawEtcd } from './raw-etcd.js';

export class Administrator {
  readonly #raw: RawEtcd;

  constructor(raw: RawEtcd) {
    this.#raw = raw;
  }

  async members(): Promise<cluster.MemberListResponse['members']> {
    const { MEMBER_LIST_REQUEST, MEMBER_LIST_RESPONSE } = cluster;
    const answer = await this.#call('Cluster/MemberList', MEMBER_LIST_REQUEST, MEMBER_LIST_RESPONSE, {
      linearizable: true,
    });
    return answer.members;
  }

  addMember(peerURLs: readonly string[], isLearner = false): Promise<cluster.MemberAddResponse> {
    const { MEMBER_ADD_REQUEST, MEMBER_ADD_RESPONSE } = cluster;
    const request = { peerURLs, isLearner };
    return this.#call('Cluster/MemberAdd', MEMBER_ADD_REQUEST, MEMBER_ADD_RESPONSE, request);
  }

  async removeMember(ID: bigint): Promise<void> {
    const { MEMBER_REMOVE_REQUEST, MEMBER_REMOVE_RESPONSE } = cluster;
    await this.#call('Cluster/MemberRemove', MEMBER_REMOVE_REQUEST, MEMBER_REMOVE_RESPONSE, { ID });
  }

  async updateMember(ID: bigint, peerURLs: readonly string[]): Promise<void> {
    const { MEMBER_UPDATE_REQUEST, MEMBER_UPDATE_RESPONSE } = cluster;
    await this.#call('Cluster/MemberUpdate', MEMBER_UPDATE_REQUEST, MEMBER_UPDATE_RESPONSE, { ID, peerURLs });
  }

  async promoteMember(ID: bigint): Promise<void> {
    const { MEMBER_PROMOTE_REQUEST, MEMBER_PROMOTE_RESPONSE } = cluster;
    await this.#call('Cluster/MemberPromote', MEMBER_PROMOTE_REQUEST, MEMBER_PROMOTE_RESPONSE, { ID });
  }

  async alarm(
    action: keyof typeof maintenance.ALARM_ACTION,
    alarm: number = maintenance.ALARM_TYPE.none,
    memberID = 0n,
  ): Promise<readonly maintenance.AlarmMember[]> {
    const { ALARM_REQUEST, ALARM_RESPONSE, ALARM_ACTION } = maintenance;
    const request = { action: ALARM_ACTION[action], alarm, memberID };
    return (await this.#call('Maintenance/Alarm', ALARM_REQUEST, ALARM_RESPONSE, request)).alarms;
  }

  /** @param revision 0 is the newest */
  hashKv(revision = 0): Promise<maintenance.HashKvResponse> {
    const { HASH_KV_REQUEST, HASH_KV_RESPONSE } = maintenance;
    return this.#call('Maintenance/HashKV', HASH_KV_REQUEST, HASH_KV_RESPONSE, { revision });
  }

  async defragment(): Promise<void> {
    const { DEFRAGMENT_REQUEST, DEFRAGMENT_RESPONSE } = maintenance;
    await this.#call('Maintenance/Defragment', DEFRAGMENT_REQUEST, DEFRAGMENT_RESPONSE, {});
  }

  async moveLeader(targetID: bigint): Promise<void> {
    const { MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE } = maintenance;
    await this.#call('Maintenance/MoveLeader', MOVE_LEADER_REQUEST, MOVE_LEADER_RESPONSE, { targetID });
  }

  async downgrade(action: keyof typeof maintenance.DOWNGRADE_ACTION, version = ''): Promise<string> {
    const { DOWNGRADE_REQUEST, DOWNGRADE_RESPONSE, DOWNGRADE_ACTION } = maintenance;
    const request = { action: DOWNGRADE_ACTION[action], version };
    return (await this.#call('Maintenance/Downgrade', DOWNGRADE_REQUEST, DOWNGRADE_RESPONSE, request))
      .version;
  }

  /** Waits for all of it. */
  snapshot(): Promise<readonly maintenance.SnapshotResponse[]> {
    const stream = this.#raw.open('/etcdserverpb.Maintenance/Snapshot');
    const messages: maintenance.SnapshotResponse[] = [];
    stream.on('data', (bytes: Buffer) => messages.push(maintenance.SNAPSHOT_RESPONSE.decode(bytes)));
    const end = new Promise<typeof messages>((resolve, reject) => {
      stream.on('end', () => resolve(messages));
      stream.on('error', reject);
    });
    stream.write(maintenance.SNAPSHOT_REQUEST.encode({}));
    stream.end();
    return end;
  }

  async #call<Q, R>(
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
  ): Promise<R> {
    return responseType.decode(await this.#raw.send(`/etcdserverpb.${method}`, requestType.encode(request)));
  }
}
