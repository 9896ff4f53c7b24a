/**
 * A member that has just been added. Invariant: the same URLs give another id in another second, as in etcd.
 */
import { idOf } from '../cluster/identity.js';
import type { ClusterMember } from './membership.js';

/** @param peerURLs in order */
export function newcomer(peerURLs: readonly string[], isLearner: boolean, nowMs: number): ClusterMember {
  // etcd makes the id from the same two with another hash.
  const ID = idOf(`${peerURLs.join('')}${Math.trunc(nowMs / 1000)}`);
  return { ID, name: '', peerURLs, clientURLs: [], isLearner };
}
