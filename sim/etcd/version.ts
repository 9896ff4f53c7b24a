/**
 * The versions of etcd that the model can be, and the one table of what clients can tell them apart by. Adding a
 * difference is one line in {@link VersionRules} and one in each version; code asks for the rule, never for the
 * version.
 */

import { AUTH_3_4, AUTH_3_5, AUTH_3_6, AUTH_3_7, type AuthRules } from './auth/rules.js';

/** The minor versions that there are, oldest first. */
export const etcdVersions = ['3.4', '3.5', '3.6', '3.7'] as const;
export type EtcdVersion = (typeof etcdVersions)[number];

/** The version of a cluster that nobody chose one for. */
export const DEFAULT_ETCD_VERSION: EtcdVersion = '3.6';

/** What differs between versions. Each rule is measured against the release that `release` names. */
export interface VersionRules {
  readonly version: EtcdVersion;
  /** The release that was measured, such as `3.6.14`; what Status reports. */
  readonly release: string;
  /** What Status reports as the storage version; empty where it reports none. */
  readonly storageVersion: string;
  /**
   * Whether a member asks the others before it begins a new term, so that one that was cut off does not unseat the
   * leader when it comes back.
   */
  readonly preVote: boolean;
  readonly auth: AuthRules;
  /** A Lock that had to wait makes sure that its own key is still there. */
  readonly lockLooksAtItsKey: boolean;
  /** A stream of answers to one request says that the request is missing, instead of `EOF`. */
  readonly namesMissingRequest: boolean;
  /** There are `/livez` and `/readyz`, and `/health` gives a reason and takes parameters. */
  readonly hasProbes: boolean;
}

export const VERSIONS: Readonly<Record<EtcdVersion, VersionRules>> = {
  '3.4': {
    version: '3.4',
    release: '3.4.23',
    storageVersion: '',
    lockLooksAtItsKey: false,
    namesMissingRequest: false,
    hasProbes: false,
    preVote: false,
    auth: AUTH_3_4,
  },
  '3.5': {
    version: '3.5',
    release: '3.5.21',
    storageVersion: '',
    lockLooksAtItsKey: true,
    namesMissingRequest: false,
    hasProbes: true,
    preVote: true,
    auth: AUTH_3_5,
  },
  '3.6': {
    version: '3.6',
    release: '3.6.14',
    storageVersion: '3.6.0',
    lockLooksAtItsKey: true,
    namesMissingRequest: true,
    hasProbes: true,
    preVote: true,
    auth: AUTH_3_6,
  },
  '3.7': {
    version: '3.7',
    release: '3.7.1',
    storageVersion: '3.7.0',
    lockLooksAtItsKey: true,
    namesMissingRequest: true,
    hasProbes: true,
    preVote: true,
    auth: AUTH_3_7,
  },
};
