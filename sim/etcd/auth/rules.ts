/** What differs between versions of etcd in who may do what; part of the table in version.ts. */

export interface AuthRules {
  /** The method AuthStatus came with 3.5. */
  readonly hasAuthStatus: boolean;
  /** AuthStatus is for root alone. */
  readonly guardsAuthStatus: boolean;
  /** Who logs in with a token that is not known is refused, whatever the password. */
  readonly checksTokenOfLogin: boolean;
  /** A token that is not known is refused even while authentication is off. */
  readonly checksTokensWhileDisabled: boolean;
  /** `Bearer ` before a token is skipped. */
  readonly takesBearerTokens: boolean;
  /**
   * The member that is asked makes the hash of a password, before anyone asks who it is: one that is too long is
   * refused to all alike, and changing a password to an empty one leaves none that matches. In 3.4 every member made
   * it when the entry was applied, of the empty password too.
   */
  readonly hashesPasswordsBeforeLog: boolean;
  /** bcrypt refuses what it would not look at. */
  readonly limitsPasswords: boolean;
  /** A permission must have a key, and a range that ends after it. */
  readonly grantsOnlyRanges: boolean;
  /** The role root is shown with all keys rather than with what was granted to it. */
  readonly rootRoleShowsAllKeys: boolean;
  /**
   * Nested transactions are looked into, and a put in a transaction needs what one of its own does: to write every
   * key of its lease, and to read the key where it asks for what was before.
   */
  readonly checksAllOfTxn: boolean;
  /** A watch from a key on needs rights on all those keys; before, on the first alone. */
  readonly checksAllOfWatch: boolean;
  /** LeaseTimeToLive shows the keys of a lease only to who may read them. */
  readonly checksLeaseKeys: boolean;
  /**
   * Compact, Alarm, MoveLeader and Downgrade are for root; leases, Status and MemberList are for users; keep-alives
   * and the list of leases need rights on the keys. Before, all these asked nobody.
   */
  readonly guardsAllMethods: boolean;
  /** Errors of the Maintenance service have etcd's codes and words. */
  readonly translatesMaintenanceErrors: boolean;
  /** Signed tokens can be signed with Ed25519, too. */
  readonly signsWithEd25519: boolean;
  /** Of two keys for signed tokens the public one must be that of the private one; before, it is not looked at. */
  readonly comparesKeys: boolean;
  /** A signed token that says that it was issued in the future is refused. */
  readonly checksIssueTime: boolean;
  /** How the tree of permissions grows; see interval-tree.ts. */
  readonly permissionTreesSplitByEnd: boolean;
}

export const AUTH_3_4: AuthRules = {
  hasAuthStatus: false,
  guardsAuthStatus: true,
  checksTokenOfLogin: true,
  checksTokensWhileDisabled: true,
  takesBearerTokens: false,
  hashesPasswordsBeforeLog: false,
  limitsPasswords: false,
  // A grant without a permission ends a real 3.4; here it is refused as later versions do.
  grantsOnlyRanges: false,
  rootRoleShowsAllKeys: false,
  checksAllOfTxn: false,
  checksAllOfWatch: false,
  checksLeaseKeys: false,
  guardsAllMethods: false,
  translatesMaintenanceErrors: false,
  signsWithEd25519: false,
  comparesKeys: false,
  checksIssueTime: true,
  permissionTreesSplitByEnd: false,
};

export const AUTH_3_5: AuthRules = {
  ...AUTH_3_4,
  hasAuthStatus: true,
  checksTokenOfLogin: false,
  checksTokensWhileDisabled: false,
  hashesPasswordsBeforeLog: true,
  limitsPasswords: true,
  grantsOnlyRanges: true,
  checksLeaseKeys: true,
};

export const AUTH_3_6: AuthRules = {
  ...AUTH_3_5,
  takesBearerTokens: true,
  rootRoleShowsAllKeys: true,
  checksAllOfTxn: true,
  checksAllOfWatch: true,
  guardsAllMethods: true,
  translatesMaintenanceErrors: true,
  signsWithEd25519: true,
  comparesKeys: true,
  checksIssueTime: false,
};

export const AUTH_3_7: AuthRules = {
  ...AUTH_3_6,
  guardsAuthStatus: false,
  permissionTreesSplitByEnd: true,
};
