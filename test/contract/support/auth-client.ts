/** The messages of the Auth service, and clients that identify themselves. */
import * as wire from '../../../sim/etcd/wire/auth.js';
import type { Encodable, MessageType } from '../../../sim/etcd/wire/message.js';
import type { RawEtcd } from './raw-etcd.js';

type Permission = Encodable<wire.Permission>;

export class AuthClient {
  readonly #raw: RawEtcd;

  constructor(raw: RawEtcd) {
    this.#raw = raw;
  }

  async enable(): Promise<void> {
    await this.#call('AuthEnable', wire.AUTH_ENABLE_REQUEST, wire.AUTH_ENABLE_RESPONSE, {});
  }

  async disable(): Promise<void> {
    await this.#call('AuthDisable', wire.AUTH_DISABLE_REQUEST, wire.AUTH_DISABLE_RESPONSE, {});
  }

  status(): Promise<wire.AuthStatusResponse> {
    return this.#call('AuthStatus', wire.AUTH_STATUS_REQUEST, wire.AUTH_STATUS_RESPONSE, {});
  }

  /** Resolves with a token. */
  async authenticate(name: string, password: string): Promise<string> {
    const { AUTHENTICATE_REQUEST, AUTHENTICATE_RESPONSE } = wire;
    const request = { name, password };
    return (await this.#call('Authenticate', AUTHENTICATE_REQUEST, AUTHENTICATE_RESPONSE, request)).token;
  }

  async userAdd(
    name: string,
    password: string,
    rest: Encodable<Omit<wire.AuthUserAddRequest, 'name' | 'password'>> = {},
  ): Promise<void> {
    const request = { name, password, ...rest };
    await this.#call('UserAdd', wire.AUTH_USER_ADD_REQUEST, wire.AUTH_USER_ADD_RESPONSE, request);
  }

  async userRoles(name: string): Promise<readonly string[]> {
    const { AUTH_USER_GET_REQUEST, AUTH_USER_GET_RESPONSE } = wire;
    return (await this.#call('UserGet', AUTH_USER_GET_REQUEST, AUTH_USER_GET_RESPONSE, { name })).roles;
  }

  async users(): Promise<readonly string[]> {
    const { AUTH_USER_LIST_REQUEST, AUTH_USER_LIST_RESPONSE } = wire;
    return (await this.#call('UserList', AUTH_USER_LIST_REQUEST, AUTH_USER_LIST_RESPONSE, {})).users;
  }

  async userDelete(name: string): Promise<void> {
    await this.#call('UserDelete', wire.AUTH_USER_DELETE_REQUEST, wire.AUTH_USER_DELETE_RESPONSE, { name });
  }

  async userChangePassword(name: string, password: string): Promise<void> {
    const { AUTH_USER_CHANGE_PASSWORD_REQUEST, AUTH_USER_CHANGE_PASSWORD_RESPONSE } = wire;
    const request = { name, password };
    await this.#call(
      'UserChangePassword',
      AUTH_USER_CHANGE_PASSWORD_REQUEST,
      AUTH_USER_CHANGE_PASSWORD_RESPONSE,
      request,
    );
  }

  async userGrantRole(user: string, role: string): Promise<void> {
    const { AUTH_USER_GRANT_ROLE_REQUEST, AUTH_USER_GRANT_ROLE_RESPONSE } = wire;
    const request = { user, role };
    await this.#call('UserGrantRole', AUTH_USER_GRANT_ROLE_REQUEST, AUTH_USER_GRANT_ROLE_RESPONSE, request);
  }

  async userRevokeRole(name: string, role: string): Promise<void> {
    const { AUTH_USER_REVOKE_ROLE_REQUEST, AUTH_USER_REVOKE_ROLE_RESPONSE } = wire;
    const request = { name, role };
    await this.#call(
      'UserRevokeRole',
      AUTH_USER_REVOKE_ROLE_REQUEST,
      AUTH_USER_REVOKE_ROLE_RESPONSE,
      request,
    );
  }

  async roleAdd(name: string): Promise<void> {
    await this.#call('RoleAdd', wire.AUTH_ROLE_ADD_REQUEST, wire.AUTH_ROLE_ADD_RESPONSE, { name });
  }

  async rolePermissions(role: string): Promise<readonly wire.Permission[]> {
    const { AUTH_ROLE_GET_REQUEST, AUTH_ROLE_GET_RESPONSE } = wire;
    return (await this.#call('RoleGet', AUTH_ROLE_GET_REQUEST, AUTH_ROLE_GET_RESPONSE, { role })).perm;
  }

  async roles(): Promise<readonly string[]> {
    const { AUTH_ROLE_LIST_REQUEST, AUTH_ROLE_LIST_RESPONSE } = wire;
    return (await this.#call('RoleList', AUTH_ROLE_LIST_REQUEST, AUTH_ROLE_LIST_RESPONSE, {})).roles;
  }

  async roleDelete(role: string): Promise<void> {
    await this.#call('RoleDelete', wire.AUTH_ROLE_DELETE_REQUEST, wire.AUTH_ROLE_DELETE_RESPONSE, { role });
  }

  /** @param perm left out for a request without one */
  async roleGrant(name: string, perm?: Permission): Promise<void> {
    const { AUTH_ROLE_GRANT_PERMISSION_REQUEST, AUTH_ROLE_GRANT_PERMISSION_RESPONSE } = wire;
    await this.#call(
      'RoleGrantPermission',
      AUTH_ROLE_GRANT_PERMISSION_REQUEST,
      AUTH_ROLE_GRANT_PERMISSION_RESPONSE,
      { name, perm },
    );
  }

  async roleRevoke(role: string, key: string): Promise<void> {
    const { AUTH_ROLE_REVOKE_PERMISSION_REQUEST, AUTH_ROLE_REVOKE_PERMISSION_RESPONSE } = wire;
    await this.#call(
      'RoleRevokePermission',
      AUTH_ROLE_REVOKE_PERMISSION_REQUEST,
      AUTH_ROLE_REVOKE_PERMISSION_RESPONSE,
      { role, key, rangeEnd: '' },
    );
  }

  async #call<Q, R>(
    method: string,
    requestType: MessageType<Q>,
    responseType: MessageType<R>,
    request: Encodable<Q>,
  ): Promise<R> {
    const bytes = requestType.encode(request);
    return responseType.decode(await this.#raw.send(`/etcdserverpb.Auth/${method}`, bytes));
  }
}
