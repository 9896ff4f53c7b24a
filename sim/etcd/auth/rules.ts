/** The differences in authentication and permissions between versions of etcd; part of the table in version.ts. */

export interface AuthRules {
  /** The method AuthStatus came with 3.5. */
  readonly hasAuthStatus: boolean;
  /** Only root may call AuthStatus. */
  readonly guardsAuthStatus: boolean;
  /** A login that carries an unknown token is refused, even with the right password. */
  readonly checksTokenOfLogin: boolean;
  /** An unknown token is refused even while authentication is off. */
  readonly checksTokensWhileDisabled: boolean;
  /** `Bearer ` before a token is skipped. */
  readonly takesBearerTokens: boolean;
  /**
   * The member that gets the request hashes the password before it checks permissions: one that is too long is
   * refused for every user, and no password matches after a change to an empty one. In 3.4 every member hashed it
   * when it applied the entry, even an empty one.
   */
  readonly hashesPasswordsBeforeLog: boolean;
  /** bcrypt refuses a password longer than the 72 bytes it uses. */
  readonly limitsPasswords: boolean;
  /** A permission must have a key, and its range must end after the key. */
  readonly grantsOnlyRanges: boolean;
  /** The role root shows permissions on all keys rather than the granted ones. */
  readonly rootRoleShowsAllKeys: boolean;
  /**
   * Permissions are checked in nested transactions too, and a put in a transaction needs the same as a plain put:
   * write access to every key of its lease, and read access to the key if it asks for the previous value.
   */
  readonly checksAllOfTxn: boolean;
  /** A watch from a key to the end needs access to all those keys; before, only to the first. */
  readonly checksAllOfWatch: boolean;
  /** LeaseTimeToLive shows the keys of a lease only to users who may read them. */
  readonly checksLeaseKeys: boolean;
  /**
   * Compact, Alarm, MoveLeader and Downgrade need root; leases, Status and MemberList need a user; keep-alives and
   * the list of leases need access to the keys. Before, none of these was checked.
   */
  readonly guardsAllMethods: boolean;
  /** Errors of the Maintenance service have etcd's codes and texts. */
  readonly translatesMaintenanceErrors: boolean;
  /** Ed25519 can sign tokens too. */
  readonly signsWithEd25519: boolean;
  /** The two keys for signed tokens must match; before, the public one is ignored. */
  readonly comparesKeys: boolean;
  /** A signed token with an issue time in the future is refused. */
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
