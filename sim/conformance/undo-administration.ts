/** Undoes a sequence's changes to alarms and members, so that the next one finds one member and no alarm. */
import * as cluster from '../etcd/wire/cluster.js';
import { ALARM_ACTION, ALARM_REQUEST, ALARM_RESPONSE, type AlarmMember } from '../etcd/wire/maintenance.js';
import type { Identity } from './allowed-differences.js';
import { ownCall } from './own-calls.js';
import type { Side } from './side.js';

export async function undoAdministration({
  side,
  identity,
}: {
  readonly side: Side;
  readonly identity: Identity;
}): Promise<void> {
  const raised = await ownCall(side, 'Maintenance/Alarm', ALARM_REQUEST, {});
  for (const alarm of ALARM_RESPONSE.decode(raised).alarms) await disarm(side, alarm);
  for (const { ID } of await membersOf(side)) {
    if (ID !== identity.memberId) {
      await ownCall(side, 'Cluster/MemberRemove', cluster.MEMBER_REMOVE_REQUEST, { ID });
    }
  }
  const update = { ID: identity.memberId, peerURLs: [identity.peerUrl] };
  await ownCall(side, 'Cluster/MemberUpdate', cluster.MEMBER_UPDATE_REQUEST, update);
}

/** Of the only member. */
export async function peerUrlOf(side: Side): Promise<string> {
  const [member] = await membersOf(side);
  return member?.peerURLs[0] ?? '';
}

async function disarm(side: Side, { memberID, alarm }: AlarmMember): Promise<void> {
  const request = { action: ALARM_ACTION.deactivate, memberID, alarm };
  await ownCall(side, 'Maintenance/Alarm', ALARM_REQUEST, request);
}

async function membersOf(side: Side): Promise<cluster.MemberListResponse['members']> {
  const bytes = await ownCall(side, 'Cluster/MemberList', cluster.MEMBER_LIST_REQUEST, {});
  return cluster.MEMBER_LIST_RESPONSE.decode(bytes).members;
}
