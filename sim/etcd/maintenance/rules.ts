/** What differs between versions in the Maintenance and Cluster services, and in who may join. */

export interface MaintenanceRules {
  /** Whether HashKV tells the revision up to which it hashed. */
  readonly hashTellsRevision: boolean;
  /** Whether the hashes of the last compactions can be asked for, and the hash at the compaction itself. */
  readonly keepsCompactionHashes: boolean;
  /** Whether a snapshot says which version it is of. */
  readonly snapshotTellsVersion: boolean;
  /** The Downgrade method, if there is one: as of when it came, or as of 3.6. */
  readonly downgrade: 'absent' | 'strict' | 'lenient';
  /** Whether the list of members can be asked for linearizably. */
  readonly readsMembersLinearizably: boolean;
  /** Whether a member is added only while all voters are connected. */
  readonly addNeedsAllPeers: boolean;
  /** Whether alarms of several types add up, and leave permissions and the quota in force. */
  readonly combinesAlarms: boolean;
  /** Whether a learner that is given other peer URLs is still called one. It gets no vote either way. */
  readonly updatesKeepLearners: boolean;
  /** Whether the answer to Alarm has a header, and its errors have codes of their own. */
  readonly finishesAlarms: boolean;
  /** Whether puts in nested transactions count for the quota, and are refused without space. */
  readonly quotaSeesNested: boolean;
  /** What comes after an alarm in the errors of Status: the libraries write messages as text in different ways. */
  readonly endOfAlarm: '' | ' ';
}

export const MAINTENANCE_3_4: MaintenanceRules = {
  hashTellsRevision: false,
  keepsCompactionHashes: false,
  snapshotTellsVersion: false,
  downgrade: 'absent',
  readsMembersLinearizably: false,
  addNeedsAllPeers: true,
  combinesAlarms: false,
  updatesKeepLearners: false,
  finishesAlarms: false,
  quotaSeesNested: false,
  endOfAlarm: ' ',
};

export const MAINTENANCE_3_5: MaintenanceRules = {
  ...MAINTENANCE_3_4,
  keepsCompactionHashes: true,
  downgrade: 'strict',
  readsMembersLinearizably: true,
  finishesAlarms: true,
};

export const MAINTENANCE_3_6: MaintenanceRules = {
  hashTellsRevision: true,
  keepsCompactionHashes: true,
  snapshotTellsVersion: true,
  downgrade: 'lenient',
  readsMembersLinearizably: true,
  addNeedsAllPeers: false,
  combinesAlarms: true,
  updatesKeepLearners: true,
  finishesAlarms: true,
  quotaSeesNested: true,
  endOfAlarm: ' ',
};

export const MAINTENANCE_3_7: MaintenanceRules = { ...MAINTENANCE_3_6, endOfAlarm: '' };
