/** The messages of etcd's Cluster service (API 3.6), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { bool, repeated, text, unsignedId } from './field.js';
import { message, nested, type Decoded } from './message.js';

const MEMBER = message('Member', {
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

export type MemberAddRequest = Decoded<typeof MEMBER_ADD_REQUEST>;
export const MEMBER_ADD_REQUEST = message('MemberAddRequest', {
  peerURLs: repeated(text(1)),
  isLearner: bool(2),
});

export type MemberAddResponse = Decoded<typeof MEMBER_ADD_RESPONSE>;
export const MEMBER_ADD_RESPONSE = message('MemberAddResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  member: nested(2, () => MEMBER),
  members: repeated(nested(3, () => MEMBER)),
});

export const MEMBER_REMOVE_REQUEST = message('MemberRemoveRequest', { ID: unsignedId(1) });

export const MEMBER_REMOVE_RESPONSE = message('MemberRemoveResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  members: repeated(nested(2, () => MEMBER)),
});

export const MEMBER_UPDATE_REQUEST = message('MemberUpdateRequest', {
  ID: unsignedId(1),
  peerURLs: repeated(text(2)),
});

export const MEMBER_UPDATE_RESPONSE = message('MemberUpdateResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  members: repeated(nested(2, () => MEMBER)),
});

export type MemberPromoteRequest = Decoded<typeof MEMBER_PROMOTE_REQUEST>;
export const MEMBER_PROMOTE_REQUEST = message('MemberPromoteRequest', { ID: unsignedId(1) });

export const MEMBER_PROMOTE_RESPONSE = message('MemberPromoteResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  members: repeated(nested(2, () => MEMBER)),
});
