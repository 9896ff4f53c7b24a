/** The messages of etcd's Cluster and Maintenance services that are served (API 3.6), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { bool, int64, repeated, text, uint64, unsignedId } from './field.js';
import { message, nested, type Decoded } from './message.js';

export const MEMBER = message('Member', {
  ID: unsignedId(1),
  name: text(2),
  peerURLs: repeated(text(3)),
  clientURLs: repeated(text(4)),
  isLearner: bool(5),
});

export type MemberListRequest = Decoded<typeof MEMBER_LIST_REQUEST>;
export const MEMBER_LIST_REQUEST = message('MemberListRequest', { linearizable: bool(1) });

export type MemberListResponse = Decoded<typeof MEMBER_LIST_RESPONSE>;
export const MEMBER_LIST_RESPONSE = message('MemberListResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  members: repeated(nested(2, () => MEMBER)),
});

export const STATUS_REQUEST = message('StatusRequest', {});

export const DOWNGRADE_INFO = message('DowngradeInfo', { enabled: bool(1), targetVersion: text(2) });

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
