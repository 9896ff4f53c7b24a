/**
 * The Auth service. Reads go through the log like changes, and all but a few are for root. Invariant:
 * permission is checked when the entry is applied, with the users and roles of that moment.
 */
import type { AuthStore, Asker } from '../auth/auth-store.js';
import { isTooLong } from '../auth/password.js';
import { ERRORS } from '../errors.js';
import { failed, ok, type Failure, type Result } from '../result.js';
import * as wire from '../wire/auth.js';
import type { ResponseHeader } from '../wire/header.js';
import type { Encodable, MessageType } from '../wire/message.js';
import { admit } from './admit.js';
import { authenticate } from './authenticate.js';
import type { MemberServer, Method } from './server.js';
import { unary } from './unary.js';

/** The fields of an answer beside its header. */
type Content<R> = Omit<Encodable<R>, 'header'>;
/** @param refuse why the caller may not use it, unless it is root */
type Action<Q, R> = (
  auth: AuthStore,
  request: Q,
  asker: Asker,
  refuse: () => Failure | undefined,
) => Result<Content<R>>;
/** An action that reports whether it counts as applied. */
type CountedAction<Q, R> = (
  counted: (result: Result<Content<R>>) => Result<Content<R>>,
  ...given: Parameters<Action<Q, R>>
) => Result<Content<R>>;
type WithHeader = { readonly header: ResponseHeader | undefined };

/** A method that goes through the log; `action` refuses requests beyond the caller's permissions. */
function throughLog<Q, R extends WithHeader>(
  requestType: MessageType<Q>,
  responseType: MessageType<R>,
  action: CountedAction<Q, R>,
  refuseRequest: (server: MemberServer, request: Q) => Failure | undefined = () => undefined,
): Method {
  const entryName = entryNameOf(requestType);
  return unary(requestType, responseType, (server, request, reply, _bytes, metadata) => {
    const illegal = refuseRequest(server, request);
    if (illegal !== undefined) {
      reply(illegal);
      return undefined;
    }
    return admit(server, metadata, 'known', reply, (asker) =>
      server.propose(
        ({ auth, alarms, counts }) =>
          action(
            (result) => counts.onApplied(entryName, result),
            auth,
            request,
            asker,
            () => (alarms.isAllThatRefuses ? undefined : auth.refuseUnlessAdmin(asker)),
          ),
        (result) => {
          if (result.kind === 'failed') reply(result);
          else reply(ok({ ...result.value, header: server.header() } as Encodable<R>));
        },
      ),
    );
  });
}

/** etcd's name for the entry; one entry has none. */
function entryNameOf({ name }: { readonly name: string }): string {
  return name === wire.AUTH_STATUS_REQUEST.name ? 'unknown' : name.replace(/Request$/, '');
}

/** Nothing is applied for a caller without permission. */
function forRoot<Q, R>(action: Action<Q, R>): CountedAction<Q, R> {
  return (counted, auth, request, asker, refuse) => refuse() ?? counted(action(auth, request, asker, refuse));
}

function forUsers<Q, R>(action: Action<Q, R>): CountedAction<Q, R> {
  return (counted, ...given) => counted(action(...given));
}

/** A change that answers nothing. */
function change<Q, R>(make: (auth: AuthStore, request: Q) => Result<undefined>): CountedAction<Q, R> {
  return forRoot((auth, request) => {
    const result = make(auth, request);
    return result.kind === 'failed' ? result : ok({} as Content<R>);
  });
}

const refuseLongPassword = (
  { rules: { auth } }: MemberServer,
  { password }: { readonly password: string },
): Failure | undefined =>
  auth.limitsPasswords && isTooLong(password) ? failed(ERRORS.passwordTooLong) : undefined;

const userAdd = throughLog(
  wire.AUTH_USER_ADD_REQUEST,
  wire.AUTH_USER_ADD_RESPONSE,
  change((auth, request) => auth.userAdd(request)),
  (server, request) => (request.options?.noPassword ? undefined : refuseLongPassword(server, request)),
);

/** Users may ask about themselves. */
const userGet = throughLog(
  wire.AUTH_USER_GET_REQUEST,
  wire.AUTH_USER_GET_RESPONSE,
  forUsers((auth, { name }, asker, refuse) => {
    const refusal = name === asker.user ? undefined : refuse();
    if (refusal !== undefined) return refusal;
    const roles = auth.userRoles(name);
    return roles.kind === 'failed' ? roles : ok({ roles: roles.value });
  }),
);

/** Users may ask about their own roles. */
const roleGet = throughLog(
  wire.AUTH_ROLE_GET_REQUEST,
  wire.AUTH_ROLE_GET_RESPONSE,
  forUsers((auth, { role }, asker, refuse) => {
    const refusal = auth.hasRole(asker.user, role) ? undefined : refuse();
    if (refusal !== undefined) return refusal;
    const perm = auth.rolePermissions(role);
    return perm.kind === 'failed' ? perm : ok({ perm: perm.value });
  }),
);

const authStatus = throughLog(
  wire.AUTH_STATUS_REQUEST,
  wire.AUTH_STATUS_RESPONSE,
  forUsers(
    (auth, _request, _asker, refuse) =>
      (auth.rules.guardsAuthStatus ? refuse() : undefined) ??
      ok({ enabled: auth.enabled, authRevision: auth.revision }),
  ),
);

/** The Auth service's methods by name. */
export const AUTH_METHODS: Readonly<Record<string, Method>> = {
  Authenticate: unary(wire.AUTHENTICATE_REQUEST, wire.AUTHENTICATE_RESPONSE, authenticate),
  AuthEnable: throughLog(
    wire.AUTH_ENABLE_REQUEST,
    wire.AUTH_ENABLE_RESPONSE,
    change((auth) => auth.enable()),
  ),
  AuthDisable: throughLog(
    wire.AUTH_DISABLE_REQUEST,
    wire.AUTH_DISABLE_RESPONSE,
    change((auth) => auth.disable()),
  ),
  AuthStatus: authStatus,
  UserAdd: userAdd,
  UserGet: userGet,
  UserList: throughLog(
    wire.AUTH_USER_LIST_REQUEST,
    wire.AUTH_USER_LIST_RESPONSE,
    forRoot((auth) => ok({ users: auth.users() })),
  ),
  UserDelete: throughLog(
    wire.AUTH_USER_DELETE_REQUEST,
    wire.AUTH_USER_DELETE_RESPONSE,
    change((auth, { name }) => auth.userDelete(name)),
  ),
  UserChangePassword: throughLog(
    wire.AUTH_USER_CHANGE_PASSWORD_REQUEST,
    wire.AUTH_USER_CHANGE_PASSWORD_RESPONSE,
    change((auth, request) => auth.userChangePassword(request)),
    refuseLongPassword,
  ),
  UserGrantRole: throughLog(
    wire.AUTH_USER_GRANT_ROLE_REQUEST,
    wire.AUTH_USER_GRANT_ROLE_RESPONSE,
    change((auth, { user, role }) => auth.userGrantRole(user, role)),
  ),
  UserRevokeRole: throughLog(
    wire.AUTH_USER_REVOKE_ROLE_REQUEST,
    wire.AUTH_USER_REVOKE_ROLE_RESPONSE,
    change((auth, { name, role }) => auth.userRevokeRole(name, role)),
  ),
  RoleAdd: throughLog(
    wire.AUTH_ROLE_ADD_REQUEST,
    wire.AUTH_ROLE_ADD_RESPONSE,
    change((auth, { name }) => auth.roleAdd(name)),
  ),
  RoleGet: roleGet,
  RoleList: throughLog(
    wire.AUTH_ROLE_LIST_REQUEST,
    wire.AUTH_ROLE_LIST_RESPONSE,
    forRoot((auth) => ok({ roles: auth.roles() })),
  ),
  RoleDelete: throughLog(
    wire.AUTH_ROLE_DELETE_REQUEST,
    wire.AUTH_ROLE_DELETE_RESPONSE,
    change((auth, { role }) => auth.roleDelete(role)),
  ),
  RoleGrantPermission: throughLog(
    wire.AUTH_ROLE_GRANT_PERMISSION_REQUEST,
    wire.AUTH_ROLE_GRANT_PERMISSION_RESPONSE,
    change((auth, request) => auth.roleGrantPermission(request)),
  ),
  RoleRevokePermission: throughLog(
    wire.AUTH_ROLE_REVOKE_PERMISSION_REQUEST,
    wire.AUTH_ROLE_REVOKE_PERMISSION_RESPONSE,
    change((auth, request) => auth.roleRevokePermission(request)),
  ),
};
