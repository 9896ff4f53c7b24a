/**
 * What fast-check finds alone, without this simulator. Of three specimens it finds one sooner, one later and
 * one not at all. Invariant: the same seed gives the same runs.
 */
import fc, { type IAsyncProperty } from 'fast-check';
import { variants as tellers } from '../../../scenarios/bank/variants.js';
import { openSessions } from '../../../scenarios/lease/recipe.js';
import { openMutexes } from '../../../scenarios/lock/recipe.js';
import { openEtcd3Leases } from '../../../scenarios/specimens/lease/etcd3-lease.js';
import { openEtcd3Locks } from '../../../scenarios/specimens/lock/etcd3-lock.js';
import { bankSubject } from './bank.js';
import { leaseSubject } from './leases.js';
import { lockSubject } from './locks.js';
import { raceProperty } from './race-property.js';

/** Makes the property of one start. */
export type Baseline = () => IAsyncProperty<unknown>;

/** By the specimen's name. */
export const baselines: Readonly<Record<string, Baseline>> = {
  'bank-lost-update': () => raceProperty(bankSubject(tellers['lost-update'])),
  'mutex-etcd3': () => raceProperty(lockSubject(openEtcd3Locks)),
  'lease-etcd3': () => raceProperty(leaseSubject(openEtcd3Leases)),
};

/** The same with correct recipes, which it must not accuse. */
export const rightBaselines: Readonly<Record<string, Baseline>> = {
  'bank stm': () => raceProperty(bankSubject(tellers.stm)),
  'bank txn': () => raceProperty(bankSubject(tellers.txn)),
  mutex: () => raceProperty(lockSubject(openMutexes)),
  lease: () => raceProperty(leaseSubject(openSessions)),
};

export interface BaselineOutcome {
  readonly caught: boolean;
  readonly runs: number;
  /** The message of the failed assertion; undefined if none failed. */
  readonly message: string | undefined;
}

/** One start: runs until one fails. */
export async function runBaseline(
  baseline: Baseline,
  { seed, runsMax }: { readonly seed: number; readonly runsMax: number },
): Promise<BaselineOutcome> {
  const details = await fc.check(baseline(), { seed, numRuns: runsMax, endOnFailure: true });
  const message = details.errorInstance instanceof Error ? details.errorInstance.message : undefined;
  return { caught: details.failed, runs: details.numRuns, message };
}
