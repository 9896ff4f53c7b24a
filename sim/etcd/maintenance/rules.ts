/** The differences between versions in the Maintenance and Cluster services, and in adding members. */

export interface MaintenanceRules {
  /** Whether Status reports the database quota, and whether a downgrade is in progress. */
  readonly statusTellsQuota: boolean;
  /** Whether the puts of a nested transaction count for the quota, and are refused while there is no space. */
  readonly countsNestedPuts: boolean;
  /** Whether errors of Alarm have etcd's codes and texts although other methods of the service do not. */
  readonly translatesAlarmErrors: boolean;
  /** Whether HashKV reports the revision up to which it hashed. */
  readonly hashTellsRevision: boolean;
  /** Whether HashKV works for the latest compactions, and at the compacted revision itself. */
  readonly keepsCompactionHashes: boolean;
  /** Whether a snapshot reports its version. */
  readonly snapshotTellsVersion: boolean;
  /** The Downgrade method: absent, as first released (strict), or as in 3.6 (lenient). */
  readonly downgrade: 'absent' | 'strict' | 'lenient';
  /** Whether the member list can be read linearizably. */
  readonly readsMembersLinearizably: boolean;
  /** Whether a member is added only while all voters are connected. */
  readonly addNeedsAllPeers: boolean;
  /** Whether alarms of several types add up, and leave permissions and the quota in force. */
  readonly combinesAlarms: boolean;
  /** Whether a learner is still listed as a learner after its peer URLs change. It never gets a vote. */
  readonly updatesKeepLearners: boolean;
  /** Whether the answer to Alarm has a header. */
  readonly alarmTellsHeader: boolean;
  /** The text after an alarm in the errors of Status; the libraries format messages differently. */
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
