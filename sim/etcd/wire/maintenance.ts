/** The messages of etcd's Maintenance service (API 3.6), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { bool, bytes, enumeration, int64, repeated, text, uint64, unsignedId } from './field.js';
import { message, nested, type Decoded } from './message.js';

export const ALARM_TYPE = { none: 0, noSpace: 1, corrupt: 2 } as const;
export const ALARM_ACTION = { get: 0, activate: 1, deactivate: 2 } as const;
export const DOWNGRADE_ACTION = { validate: 0, enable: 1, cancel: 2 } as const;

export const STATUS_REQUEST = message('StatusRequest', {});

const DOWNGRADE_INFO = message('DowngradeInfo', { enabled: bool(1), targetVersion: text(2) });

export type StatusResponse = Decoded<typeof STATUS_RESPONSE>;
export const STATUS_RESPONSE = message('StatusResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  version: text(2),
  dbSize: int64(3),
  leader: unsignedId(4),
  raftIndex: uint64(5),
  raftTerm: uint64(6),
  raftAppliedIndex: uint64(7),
  errors: repeated(text(8)),
  dbSizeInUse: int64(9),
  isLearner: bool(10),
  storageVersion: text(11),
  dbSizeQuota: int64(12),
  downgradeInfo: nested(13, () => DOWNGRADE_INFO),
});

export type AlarmRequest = Decoded<typeof ALARM_REQUEST>;
export const ALARM_REQUEST = message('AlarmRequest', {
  action: enumeration(1),
  memberID: unsignedId(2),
  alarm: enumeration(3),
});

export type AlarmMember = Decoded<typeof ALARM_MEMBER>;
export const ALARM_MEMBER = message('AlarmMember', { memberID: unsignedId(1), alarm: enumeration(2) });

export type AlarmResponse = Decoded<typeof ALARM_RESPONSE>;
export const ALARM_RESPONSE = message('AlarmResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  alarms: repeated(nested(2, () => ALARM_MEMBER)),
});

export const DEFRAGMENT_REQUEST = message('DefragmentRequest', {});

export const DEFRAGMENT_RESPONSE = message('DefragmentResponse', {
  header: nested(1, () => RESPONSE_HEADER),
});

export const HASH_REQUEST = message('HashRequest', {});

/** `hash` is an unsigned 32-bit integer. */
export const HASH_RESPONSE = message('HashResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  hash: uint64(2),
});

export type HashKvRequest = Decoded<typeof HASH_KV_REQUEST>;
export const HASH_KV_REQUEST = message('HashKVRequest', { revision: int64(1) });

export type HashKvResponse = Decoded<typeof HASH_KV_RESPONSE>;
export const HASH_KV_RESPONSE = message('HashKVResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  hash: uint64(2),
  compactRevision: int64(3),
  hashRevision: int64(4),
});

export const SNAPSHOT_REQUEST = message('SnapshotRequest', {});

export type SnapshotResponse = Decoded<typeof SNAPSHOT_RESPONSE>;
export const SNAPSHOT_RESPONSE = message('SnapshotResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  remainingBytes: uint64(2),
  blob: bytes(3),
  version: text(4),
});

export type MoveLeaderRequest = Decoded<typeof MOVE_LEADER_REQUEST>;
export const MOVE_LEADER_REQUEST = message('MoveLeaderRequest', { targetID: unsignedId(1) });

export const MOVE_LEADER_RESPONSE = message('MoveLeaderResponse', {
  header: nested(1, () => RESPONSE_HEADER),
});

export type DowngradeRequest = Decoded<typeof DOWNGRADE_REQUEST>;
export const DOWNGRADE_REQUEST = message('DowngradeRequest', { action: enumeration(1), version: text(2) });

export type DowngradeResponse = Decoded<typeof DOWNGRADE_RESPONSE>;
export const DOWNGRADE_RESPONSE = message('DowngradeResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  version: text(2),
});
