/**
 * The two compared etcds, and their common state before a sequence. Invariant: when a sequence begins both
 * have no keys, no leases, the same revision, and history from that revision on.
 */
import {
  RANGE_REQUEST,
  RANGE_RESPONSE,
  DELETE_RANGE_REQUEST,
  PUT_REQUEST,
  COMPACTION_REQUEST,
  TXN_REQUEST,
} from '../etcd/wire/kv.js';
import { LEASE_LEASES_REQUEST, LEASE_LEASES_RESPONSE, LEASE_REVOKE_REQUEST } from '../etcd/wire/lease.js';
import { pathOf } from './command.js';
import type { Identity } from './allowed-differences.js';
import { authRevisionOf, forgetUsers, ownCall } from './own-calls.js';
import { peerUrlOf, undoAdministration } from './undo-administration.js';
import type { Side, SideStream } from './side.js';

/** Watched on every watch stream, so that its events show the stream's progress. */
export const BEACON_KEY = 'zz-beacon';

/** The keys of most commands. */
const USUAL_KEYS = ['a', 'ab', 'b', 'c', 'd', BEACON_KEY];
const PUT_USUAL_KEYS = USUAL_KEYS.map((key) => ({ requestPut: { key } }));

/** One side and the known facts about it. */
export interface Party {
  readonly side: Side;
  readonly identity: Identity;
}

export interface Pair {
  readonly inMemory: Party;
  readonly real: Party;
  /** A watch stream to the real side that serves the comparison itself. */
  readonly probe: SideStream;
  /** Whether a sequence since the last start may have left users or roles. */
  hasUsers: boolean;
  /** Whether it may have left alarms or members. */
  isAdministered: boolean;
  /** How many sequences have begun. */
  runs: number;
}

/** The start of a sequence. */
export interface Start {
  /** Of both stores. */
  readonly revision: number;
  /** Of users and roles, on either side. */
  readonly authRevisions: { readonly inMemory: number; readonly real: number };
}

export async function createPair(inMemory: Side, real: Side): Promise<Pair> {
  return {
    inMemory: { side: inMemory, identity: await identityOf(inMemory) },
    real: { side: real, identity: await identityOf(real) },
    probe: real.open(0, pathOf('Watch/Watch')),
    hasUsers: false,
    isAdministered: false,
    runs: 0,
  };
}

/**
 * Brings both sides to the start of a sequence, which is always the same. The newest revision is the one that
 * deleted {@link USUAL_KEYS} and no others. Everything before it is compacted twice, so that hashes of
 * compactions do not cover leases that the sides chose.
 */
export async function startOver(pair: Pair): Promise<Start> {
  const { inMemory, real } = pair;
  pair.runs++;
  const sides = [inMemory.side, real.side];
  if (pair.hasUsers) for (const side of sides) await forgetUsers(side);
  pair.hasUsers = false;
  if (pair.isAdministered) for (const party of [inMemory, real]) await undoAdministration(party);
  pair.isAdministered = false;
  for (const side of sides) {
    const bytes = await ownCall(side, 'Lease/LeaseLeases', LEASE_LEASES_REQUEST, {});
    for (const { ID } of LEASE_LEASES_RESPONSE.decode(bytes).leases) {
      await ownCall(side, 'Lease/LeaseRevoke', LEASE_REVOKE_REQUEST, { ID });
    }
    await ownCall(side, 'KV/Put', PUT_REQUEST, { key: BEACON_KEY });
  }
  // After a difference one of them may be behind.
  for (;;) {
    const revisions = await Promise.all(sides.map(revisionOf));
    const [inMemoryRevision = 0, realRevision = 0] = revisions;
    if (inMemoryRevision === realRevision) break;
    const behind = inMemoryRevision < realRevision ? inMemory.side : real.side;
    for (let left = Math.abs(inMemoryRevision - realRevision); left > 0; left--) {
      await ownCall(behind, 'KV/Put', PUT_REQUEST, { key: BEACON_KEY });
    }
  }
  for (const side of sides) {
    await ownCall(side, 'KV/DeleteRange', DELETE_RANGE_REQUEST, { key: '\0', rangeEnd: '\0' });
  }
  await compactBoth(pair);
  for (const side of sides) {
    await ownCall(side, 'KV/Txn', TXN_REQUEST, { success: PUT_USUAL_KEYS });
    await ownCall(side, 'KV/DeleteRange', DELETE_RANGE_REQUEST, { key: '\0', rangeEnd: '\0' });
  }
  await compactBoth(pair);
  const revision = await revisionOf(real.side);
  const authRevisions = {
    inMemory: await authRevisionOf(inMemory.side),
    real: await authRevisionOf(real.side),
  };
  return { revision, authRevisions };
}

async function compactBoth({ inMemory, real }: Pair): Promise<void> {
  const revision = await revisionOf(real.side);
  for (const { side } of [inMemory, real]) {
    await ownCall(side, 'KV/Compact', COMPACTION_REQUEST, { revision, physical: true });
  }
}

/** A side's own name. */
export async function identityOf(side: Side): Promise<Identity> {
  const bytes = await ownCall(side, 'KV/Range', RANGE_REQUEST, { key: BEACON_KEY });
  const { header } = RANGE_RESPONSE.decode(bytes);
  if (header === undefined) throw new Error(`${side.name} answers without a header`);
  const { clusterId, memberId, raftTerm } = header;
  return { clusterId, memberId, raftTerm, peerUrl: await peerUrlOf(side) };
}

async function revisionOf(side: Side): Promise<number> {
  const bytes = await ownCall(side, 'KV/Range', RANGE_REQUEST, { key: BEACON_KEY });
  return RANGE_RESPONSE.decode(bytes).header?.revision ?? 0;
}
