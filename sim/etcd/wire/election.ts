/** The messages of etcd's Election service (v3electionpb), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { KEY_VALUE } from './kv.js';
import { bytes, id, int64 } from './field.js';
import { message, nested, type Decoded } from './message.js';

export type CampaignRequest = Decoded<typeof CAMPAIGN_REQUEST>;
export const CAMPAIGN_REQUEST = message('CampaignRequest', { name: bytes(1), lease: id(2), value: bytes(3) });

/** A leadership: the key that stands for it, its creation revision, and its lease. */
export type LeaderKey = Decoded<typeof LEADER_KEY>;
export const LEADER_KEY = message('LeaderKey', {
  name: bytes(1),
  key: bytes(2),
  rev: int64(3),
  lease: id(4),
});

export type CampaignResponse = Decoded<typeof CAMPAIGN_RESPONSE>;
export const CAMPAIGN_RESPONSE = message('CampaignResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  leader: nested(2, () => LEADER_KEY),
});

export type LeaderRequest = Decoded<typeof LEADER_REQUEST>;
export const LEADER_REQUEST = message('LeaderRequest', { name: bytes(1) });

export type LeaderResponse = Decoded<typeof LEADER_RESPONSE>;
export const LEADER_RESPONSE = message('LeaderResponse', {
  header: nested(1, () => RESPONSE_HEADER),
  kv: nested(2, () => KEY_VALUE),
});

export type ResignRequest = Decoded<typeof RESIGN_REQUEST>;
export const RESIGN_REQUEST = message('ResignRequest', { leader: nested(1, () => LEADER_KEY) });

export type ResignResponse = Decoded<typeof RESIGN_RESPONSE>;
export const RESIGN_RESPONSE = message('ResignResponse', { header: nested(1, () => RESPONSE_HEADER) });

export type ProclaimRequest = Decoded<typeof PROCLAIM_REQUEST>;
export const PROCLAIM_REQUEST = message('ProclaimRequest', {
  leader: nested(1, () => LEADER_KEY),
  value: bytes(2),
});

export type ProclaimResponse = Decoded<typeof PROCLAIM_RESPONSE>;
export const PROCLAIM_RESPONSE = message('ProclaimResponse', { header: nested(1, () => RESPONSE_HEADER) });
