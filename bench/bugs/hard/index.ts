/** The hard specimens: wrong on purpose, and found only where several things come together. Plain seeds take hundreds of tries. */
import type { Scenario } from '../../../sim/scenario/scenario.js';
import { auditPages } from './audit-pages.js';
import { blobCollected } from './blob-collected.js';
import { blockClaim } from './block-claim.js';
import { cartVersion } from './cart-version.js';
import { delegationCycle } from './delegation-cycle.js';
import { gateSerializable } from './gate-serializable.js';
import { inboxWriteBehind } from './inbox-write-behind.js';
import { jobDoneTwice } from './job-done-twice.js';
import { lateWrite } from './late-write.js';
import { leaderByName } from './leader-by-name.js';
import { leaseFromReply } from './lease-from-reply.js';
import { moveRecovered } from './move-recovered.js';
import { relayCheckpoint } from './relay-checkpoint.js';
import { slotsLeak } from './slots-leak.js';
import { unlockByKey } from './unlock-by-key.js';

export const hardSpecimens: readonly Scenario[] = [
  auditPages,
  blobCollected,
  blockClaim,
  cartVersion,
  delegationCycle,
  gateSerializable,
  inboxWriteBehind,
  jobDoneTwice,
  lateWrite,
  leaderByName,
  leaseFromReply,
  moveRecovered,
  relayCheckpoint,
  slotsLeak,
  unlockByKey,
];
