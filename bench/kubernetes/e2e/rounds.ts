/** The rounds on the small Kubernetes: each is a sweep of its own, and says how it must end. */
import type { Numbers } from './manifests.js';
import type { Kills } from './killer.js';

export interface Round extends Numbers {
  /** Its namespace. */
  readonly name: string;
  readonly description: string;
  readonly kills: Kills;
  /** How the Job of the sweep ends. */
  readonly sweep: 'Complete' | 'Failed';
  /** How the Job that merges ends; undefined if there is nothing to merge. */
  readonly merge?: 'Complete' | 'Failed';
}

export const rounds: readonly Round[] = [
  {
    ...{ name: 'sound', description: 'a sweep that holds', scenario: 'all', seeds: '0..7', parts: 4 },
    // The first part is left alone.
    kills: { 1: ['crash'], 2: ['evict'], 3: ['crash', 'evict'] },
    ...{ sweep: 'Complete', merge: 'Complete' },
  },
  {
    ...{ name: 'violated', description: 'a sweep with violated seeds' },
    ...{ scenario: 'bank-lost-update', seeds: '0..11', parts: 3 },
    kills: { 1: ['crash'] },
    ...{ sweep: 'Complete', merge: 'Failed' },
  },
  {
    ...{ name: 'mistaken', description: 'a command that makes no sense' },
    ...{ scenario: 'bank', seeds: 'nonsense', parts: 2 },
    ...{ kills: {}, sweep: 'Failed' },
  },
];
