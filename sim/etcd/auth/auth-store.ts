/**
 * Users, roles and whether anyone asks for them: the part of the replicated state that decides who may do what.
 * Invariant: everything that may change an answer to "is this permitted" moves the revision on, but for turning
 * authentication on.
 */
import { byteStringOfText, type ByteString } from '../byte-string.js';
import { ERRORS } from '../errors.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import type {
  AuthRoleGrantPermissionRequest,
  AuthRoleRevokePermissionRequest,
  AuthUserAddRequest,
  AuthUserChangePasswordRequest,
  Permission,
} from '../wire/auth.js';
import { compare } from './interval-tree.js';
import { isBase64, matches, passwordOf, type Password } from './password.js';
import { RangePermissions, type Access } from './range-permissions.js';
import type { AuthRules } from './rules.js';
import { ALL_KEYS, roleWith, roleWithout, type Role } from './role.js';

/** What every member has to know at once, for the tokens it keeps. */
export type AuthEvent =
  | { readonly kind: 'enabled' }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'token-assigned'; readonly token: string; readonly user: string }
  /** All tokens of the user are void. */
  | { readonly kind: 'user-invalidated'; readonly user: string };

interface User {
  readonly name: string;
  readonly password: Password;
  /** In bytewise order. */
  readonly roles: readonly string[];
}

const ROOT = 'root';
const DONE: Result<undefined> = ok(undefined);

export class AuthStore {
  readonly rules: AuthRules;
  readonly #onEvent: (event: AuthEvent) => void;
  readonly #users = new Map<string, User>();
  readonly #roles = new Map<string, Role>();
  #permissions = new Map<string, RangePermissions>();
  #enabled = false;
  #revision = 1;

  constructor(rules: AuthRules, onEvent: (event: AuthEvent) => void) {
    this.rules = rules;
    this.#onEvent = onEvent;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Of users and roles; 1 before any. */
  get revision(): number {
    return this.#revision;
  }

  /** Has the other's users and roles; tokens are no part of them. This one must be fresh. */
  copyFrom(other: AuthStore): void {
    for (const [name, user] of other.#users) this.#users.set(name, user);
    for (const [name, role] of other.#roles) this.#roles.set(name, role);
    this.#enabled = other.#enabled;
    this.#revision = other.#revision;
  }

  enable(): Result<undefined> {
    if (this.#enabled) return DONE;
    const root = this.#users.get(ROOT);
    if (root === undefined) return failed(ERRORS.rootUserNotExist);
    if (!root.roles.includes(ROOT)) return failed(ERRORS.rootRoleNotExist);
    this.#enabled = true;
    this.#onEvent({ kind: 'enabled' });
    return DONE;
  }

  disable(): Result<undefined> {
    if (!this.#enabled) return DONE;
    this.#enabled = false;
    this.#revision++;
    this.#onEvent({ kind: 'disabled' });
    return DONE;
  }

  /** Returns the revision at which the password was right. */
  checkPassword(name: string, password: string): Result<number> {
    if (!this.#enabled) return failed(ERRORS.authNotEnabled);
    const user = this.#users.get(name);
    if (user === undefined) return failed(ERRORS.authFailed);
    if (user.password.kind === 'none') return failed(ERRORS.noPasswordUser);
    return matches(user.password, password) ? ok(this.#revision) : failed(ERRORS.authFailed);
  }

  /** Gives the user, whose password has been checked, a token. */
  authenticate(name: string, token: string): Result<string> {
    if (!this.#enabled) return failed(ERRORS.authNotEnabled);
    const user = this.#users.get(name);
    if (user === undefined || user.password.kind === 'none') return failed(ERRORS.authFailed);
    this.#onEvent({ kind: 'token-assigned', token, user: name });
    return ok(token);
  }

  userAdd({ name, password, options }: AuthUserAddRequest): Result<undefined> {
    if (name === '') return failed(ERRORS.userEmpty);
    if (this.#users.has(name)) return failed(ERRORS.userAlreadyExists);
    const proof: Password = options?.noPassword ? { kind: 'none' } : passwordOf(password);
    this.#users.set(name, { name, password: proof, roles: [] });
    return this.#changed();
  }

  userDelete(name: string): Result<undefined> {
    if (this.#enabled && name === ROOT) return failed(ERRORS.invalidAuthManagement);
    if (!this.#users.delete(name)) return failed(ERRORS.userNotFound);
    this.#changed();
    this.#onEvent({ kind: 'user-invalidated', user: name });
    return DONE;
  }

  userChangePassword(request: AuthUserChangePasswordRequest): Result<undefined> {
    const { name } = request;
    const user = this.#users.get(name);
    if (user === undefined) return failed(ERRORS.userNotFound);
    if (user.password.kind !== 'none') {
      const password = this.#newPassword(request);
      if (password.kind === 'failed') return password;
      this.#users.set(name, { ...user, password: password.value });
    }
    this.#changed();
    this.#onEvent({ kind: 'user-invalidated', user: name });
    return DONE;
  }

  userGrantRole(name: string, role: string): Result<undefined> {
    const user = this.#users.get(name);
    if (user === undefined) return failed(ERRORS.userNotFound);
    // The role root need not exist to be granted.
    if (role !== ROOT && !this.#roles.has(role)) return failed(ERRORS.roleNotFound);
    if (user.roles.includes(role)) return DONE;
    this.#users.set(name, { ...user, roles: inOrder([...user.roles, role]) });
    return this.#changed();
  }

  userRevokeRole(name: string, role: string): Result<undefined> {
    if (this.#enabled && name === ROOT && role === ROOT) return failed(ERRORS.invalidAuthManagement);
    const user = this.#users.get(name);
    if (user === undefined) return failed(ERRORS.userNotFound);
    if (!user.roles.includes(role)) return failed(ERRORS.roleNotGranted);
    this.#users.set(name, { ...user, roles: user.roles.filter((other) => other !== role) });
    return this.#changed();
  }

  userRoles(name: string): Result<readonly string[]> {
    const user = this.#users.get(name);
    return user === undefined ? failed(ERRORS.userNotFound) : ok(user.roles);
  }

  users(): readonly string[] {
    return inOrder([...this.#users.keys()]);
  }

  roleAdd(name: string): Result<undefined> {
    if (name === '') return failed(ERRORS.roleEmpty);
    if (this.#roles.has(name)) return failed(ERRORS.roleAlreadyExists);
    this.#roles.set(name, []);
    return this.#changed();
  }

  roleDelete(name: string): Result<undefined> {
    if (this.#enabled && name === ROOT) return failed(ERRORS.invalidAuthManagement);
    if (!this.#roles.delete(name)) return failed(ERRORS.roleNotFound);
    for (const user of this.#users.values()) {
      const roles = user.roles.filter((other) => other !== name);
      if (roles.length < user.roles.length) this.#users.set(user.name, { ...user, roles });
    }
    return this.#changed();
  }

  roleGrantPermission({ name, perm }: AuthRoleGrantPermissionRequest): Result<undefined> {
    if (perm === undefined) return failed(ERRORS.permissionNotGiven);
    if (this.rules.grantsOnlyRanges && !isRange(perm)) return failed(ERRORS.invalidAuthManagement);
    const role = this.#roles.get(name);
    if (role === undefined) return failed(ERRORS.roleNotFound);
    this.#roles.set(name, roleWith(role, perm));
    return this.#changed();
  }

  roleRevokePermission({ role: name, key, rangeEnd }: AuthRoleRevokePermissionRequest): Result<undefined> {
    const role = this.#roles.get(name);
    if (role === undefined) return failed(ERRORS.roleNotFound);
    const rest = roleWithout(role, key, rangeEnd);
    if (rest.length === role.length) return failed(ERRORS.permissionNotGranted);
    this.#roles.set(name, rest);
    return this.#changed();
  }

  rolePermissions(name: string): Result<readonly Permission[]> {
    const role = this.#roles.get(name);
    if (role === undefined) return failed(ERRORS.roleNotFound);
    return ok(name === ROOT && this.rules.rootRoleShowsAllKeys ? [ALL_KEYS] : role);
  }

  roles(): readonly string[] {
    return inOrder([...this.#roles.keys()]);
  }

  hasRole(user: string, role: string): boolean {
    return this.#users.get(user)?.roles.includes(role) ?? false;
  }

  /** Why the asker may not do what only root may; undefined where it may. */
  refuseUnlessAdmin({ user }: Asker): Failure | undefined {
    if (!this.#enabled) return undefined;
    if (user === '') return failed(ERRORS.userEmpty);
    if (!this.#users.has(user)) return failed(ERRORS.userNotFound);
    return this.hasRole(user, ROOT) ? undefined : failed(ERRORS.permissionDenied);
  }

  /** Why the asker may not read or write the range; undefined where it may. */
  refuseUnlessPermitted(
    asker: Asker,
    access: Access,
    key: ByteString,
    end: ByteString | undefined,
  ): Failure | undefined {
    if (!this.#enabled) return undefined;
    if (asker.authRevision === 0) return failed(ERRORS.userEmpty);
    if (asker.authRevision < this.#revision) return failed(ERRORS.authOldRevision);
    if (this.hasRole(asker.user, ROOT)) return undefined;
    const permitted = this.#permissionsOf(asker.user)?.permits(access, key, end) ?? false;
    return permitted ? undefined : failed(ERRORS.permissionDenied);
  }

  #newPassword({ password, hashedPassword }: AuthUserChangePasswordRequest): Result<Password> {
    if (password !== '' || !this.rules.hashesPasswordsBeforeLog) return ok(passwordOf(password));
    return isBase64(hashedPassword) ? ok({ kind: 'unmatched' }) : failed(ERRORS.noPasswordUser);
  }

  #permissionsOf(name: string): RangePermissions | undefined {
    const built = this.#permissions.get(name);
    const user = this.#users.get(name);
    if (built !== undefined || user === undefined) return built;
    const granted = user.roles.flatMap((role) => this.#roles.get(role) ?? []);
    const permissions = new RangePermissions(granted, this.rules.permissionTreesSplitByEnd);
    this.#permissions.set(name, permissions);
    return permissions;
  }

  #changed(): Result<undefined> {
    this.#revision++;
    this.#permissions = new Map();
    return DONE;
  }
}

function isRange({ key, rangeEnd }: Permission): boolean {
  if (key === '') return false;
  return rangeEnd === '\0' || compare(key, rangeEnd) < 0;
}

/** etcd sorts names by their bytes. */
function inOrder(names: readonly string[]): readonly string[] {
  const bytes = new Map(names.map((name) => [name, byteStringOfText(name)]));
  const bytesOf = (name: string): ByteString => bytes.get(name) ?? '';
  return [...names].sort((left, right) => (bytesOf(left) < bytesOf(right) ? -1 : 1));
}

/** Who asks for something, as etcd writes it into the header of a proposal. */
export interface Asker {
  /** The user's name; empty if the caller gave none. */
  readonly user: string;
  /**
   * Of users and roles when the token or the certificate was looked at, or what a signed token says that it was when it
   * was given; 0 where there is neither.
   */
  readonly authRevision: number;
}

/** A call without a token and without a certificate. */
export const NOBODY: Asker = { user: '', authRevision: 0 };
