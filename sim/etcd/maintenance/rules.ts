/** What differs between versions in the Maintenance and Cluster services, and in who may join. */

export interface MaintenanceRules {
  /** Whether Status tells the quota of the database and whether a downgrade is under way. */
  readonly statusTellsQuota: boolean;
  /** Whether the puts of a nested transaction count for the quota, and are refused while there is no space. */
  readonly countsNestedPuts: boolean;
  /** Whether errors of Alarm have etcd's codes and words, where those of other methods of the service do not. */
  readonly translatesAlarmErrors: boolean;
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
  /** Whether the answer to Alarm has a header. */
  readonly alarmTellsHeader: boolean;
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
  alarmTellsHeader: false,
  endOfAlarm: ' ',
  statusTellsQuota: false,
  countsNestedPuts: false,
  translatesAlarmErrors: false,
};

export const MAINTENANCE_3_5: MaintenanceRules = {
  ...MAINTENANCE_3_4,
  keepsCompactionHashes: true,
  downgrade: 'strict',
  readsMembersLinearizably: true,
  alarmTellsHeader: true,
  translatesAlarmErrors: true,
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
  alarmTellsHeader: true,
  endOfAlarm: ' ',
  statusTellsQuota: true,
  countsNestedPuts: true,
  translatesAlarmErrors: true,
};

export const MAINTENANCE_3_7: MaintenanceRules = { ...MAINTENANCE_3_6, endOfAlarm: '' };
