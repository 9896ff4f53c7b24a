/** The messages of etcd's Auth service (etcdserverpb and authpb, API 3.6), field numbers as published. */
import { RESPONSE_HEADER } from './header.js';
import { bool, bytes, enumeration, repeated, text, uint64 } from './field.js';
import { message, nested, type Decoded } from './message.js';

export const PERMISSION_TYPE = { read: 0, write: 1, readWrite: 2 } as const;

/** The field that almost every answer has; most have no other. */
const header = nested(1, () => RESPONSE_HEADER);

const USER_ADD_OPTIONS = message('UserAddOptions', { noPassword: bool(1) });

export type Permission = Decoded<typeof PERMISSION>;
export const PERMISSION = message('Permission', {
  permType: enumeration(1),
  key: bytes(2),
  rangeEnd: bytes(3),
});

export const AUTH_ENABLE_REQUEST = message('AuthEnableRequest', {});
export const AUTH_ENABLE_RESPONSE = message('AuthEnableResponse', { header });

export const AUTH_DISABLE_REQUEST = message('AuthDisableRequest', {});
export const AUTH_DISABLE_RESPONSE = message('AuthDisableResponse', { header });

export const AUTH_STATUS_REQUEST = message('AuthStatusRequest', {});
export type AuthStatusResponse = Decoded<typeof AUTH_STATUS_RESPONSE>;
export const AUTH_STATUS_RESPONSE = message('AuthStatusResponse', {
  header,
  enabled: bool(2),
  authRevision: uint64(3),
});

export type AuthenticateRequest = Decoded<typeof AUTHENTICATE_REQUEST>;
export const AUTHENTICATE_REQUEST = message('AuthenticateRequest', { name: text(1), password: text(2) });
export type AuthenticateResponse = Decoded<typeof AUTHENTICATE_RESPONSE>;
export const AUTHENTICATE_RESPONSE = message('AuthenticateResponse', { header, token: text(2) });

export type AuthUserAddRequest = Decoded<typeof AUTH_USER_ADD_REQUEST>;
export const AUTH_USER_ADD_REQUEST = message('AuthUserAddRequest', {
  name: text(1),
  password: text(2),
  options: nested(3, () => USER_ADD_OPTIONS),
  hashedPassword: text(4),
});
export const AUTH_USER_ADD_RESPONSE = message('AuthUserAddResponse', { header });

export const AUTH_USER_GET_REQUEST = message('AuthUserGetRequest', { name: text(1) });
export const AUTH_USER_GET_RESPONSE = message('AuthUserGetResponse', { header, roles: repeated(text(2)) });

export const AUTH_USER_LIST_REQUEST = message('AuthUserListRequest', {});
export const AUTH_USER_LIST_RESPONSE = message('AuthUserListResponse', { header, users: repeated(text(2)) });

export const AUTH_USER_DELETE_REQUEST = message('AuthUserDeleteRequest', { name: text(1) });
export const AUTH_USER_DELETE_RESPONSE = message('AuthUserDeleteResponse', { header });

export type AuthUserChangePasswordRequest = Decoded<typeof AUTH_USER_CHANGE_PASSWORD_REQUEST>;
export const AUTH_USER_CHANGE_PASSWORD_REQUEST = message('AuthUserChangePasswordRequest', {
  name: text(1),
  password: text(2),
  hashedPassword: text(3),
});
export const AUTH_USER_CHANGE_PASSWORD_RESPONSE = message('AuthUserChangePasswordResponse', { header });

export const AUTH_USER_GRANT_ROLE_REQUEST = message('AuthUserGrantRoleRequest', {
  user: text(1),
  role: text(2),
});
export const AUTH_USER_GRANT_ROLE_RESPONSE = message('AuthUserGrantRoleResponse', { header });

export const AUTH_USER_REVOKE_ROLE_REQUEST = message('AuthUserRevokeRoleRequest', {
  name: text(1),
  role: text(2),
});
export const AUTH_USER_REVOKE_ROLE_RESPONSE = message('AuthUserRevokeRoleResponse', { header });

export const AUTH_ROLE_ADD_REQUEST = message('AuthRoleAddRequest', { name: text(1) });
export const AUTH_ROLE_ADD_RESPONSE = message('AuthRoleAddResponse', { header });

export const AUTH_ROLE_GET_REQUEST = message('AuthRoleGetRequest', { role: text(1) });
export const AUTH_ROLE_GET_RESPONSE = message('AuthRoleGetResponse', {
  header,
  perm: repeated(nested(2, () => PERMISSION)),
});

export const AUTH_ROLE_LIST_REQUEST = message('AuthRoleListRequest', {});
export const AUTH_ROLE_LIST_RESPONSE = message('AuthRoleListResponse', { header, roles: repeated(text(2)) });

export const AUTH_ROLE_DELETE_REQUEST = message('AuthRoleDeleteRequest', { role: text(1) });
export const AUTH_ROLE_DELETE_RESPONSE = message('AuthRoleDeleteResponse', { header });

export type AuthRoleGrantPermissionRequest = Decoded<typeof AUTH_ROLE_GRANT_PERMISSION_REQUEST>;
export const AUTH_ROLE_GRANT_PERMISSION_REQUEST = message('AuthRoleGrantPermissionRequest', {
  name: text(1),
  perm: nested(2, () => PERMISSION),
});
export const AUTH_ROLE_GRANT_PERMISSION_RESPONSE = message('AuthRoleGrantPermissionResponse', { header });

export type AuthRoleRevokePermissionRequest = Decoded<typeof AUTH_ROLE_REVOKE_PERMISSION_REQUEST>;
export const AUTH_ROLE_REVOKE_PERMISSION_REQUEST = message('AuthRoleRevokePermissionRequest', {
  role: text(1),
  key: bytes(2),
  rangeEnd: bytes(3),
});
export const AUTH_ROLE_REVOKE_PERMISSION_RESPONSE = message('AuthRoleRevokePermissionResponse', { header });
