/** The contract: everything expected of any etcd. Each behaviour is one test. */
import { describe } from 'vitest';
import { alarmBehaviour, QUOTA_BYTES } from './behaviours/alarms.js';
import { clusterBehaviour } from './behaviours/cluster.js';
import { authBehaviour } from './behaviours/auth.js';
import { compactionBehaviour } from './behaviours/compaction.js';
import { concurrencyBehaviour } from './behaviours/concurrency.js';
import { deleteBehaviour } from './behaviours/delete.js';
import { electionBehaviour } from './behaviours/elections.js';
import { errorBehaviour } from './behaviours/errors.js';
import { leaseBehaviour } from './behaviours/leases.js';
import { lockBehaviour } from './behaviours/locks.js';
import { hashBehaviour, maintenanceBehaviour } from './behaviours/maintenance.js';
import { putBehaviour } from './behaviours/put.js';
import { rangeBehaviour } from './behaviours/range.js';
import { revisionBehaviour } from './behaviours/revisions.js';
import { txnBehaviour } from './behaviours/txn.js';
import { watchBehaviour } from './behaviours/watch.js';
import { watchStreamBehaviour } from './behaviours/watch-streams.js';
import { useEtcd } from './support/etcd.js';
import type { Target } from './support/target.js';

export function contract(target: Target): void {
  describe(`etcd's contract, kept by ${target.name}`, () => {
    const etcd = useEtcd(target);
    describe('put', () => putBehaviour(etcd));
    describe('revisions', () => revisionBehaviour(etcd));
    describe('range', () => rangeBehaviour(etcd));
    describe('delete', () => deleteBehaviour(etcd));
    describe('transactions', () => txnBehaviour(etcd));
    describe('watches', () => watchBehaviour(etcd));
    describe('watch streams', () => watchStreamBehaviour(etcd));
    describe('leases', () => leaseBehaviour(etcd));
    describe('locks', () => lockBehaviour(etcd));
    describe('elections', () => electionBehaviour(etcd));
    describe('compaction', () => compactionBehaviour(etcd));
    describe('many requests at once', () => concurrencyBehaviour(etcd));
    describe('errors', () => errorBehaviour(etcd));
    describe('authentication', () => authBehaviour(target));
    describe('maintenance', () => maintenanceBehaviour(etcd));
    // Behaviours that would disturb others have an etcd of their own.
    describe('hashes', () => hashBehaviour(useEtcd(target)));
    describe('alarms', () => alarmBehaviour(useEtcd(target, { quotaBackendBytes: QUOTA_BYTES })));
    describe('members', () => clusterBehaviour(useEtcd(target)));
  });
}
