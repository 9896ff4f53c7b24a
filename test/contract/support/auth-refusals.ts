/** What etcd says to who may not do something. */

export const DENIED = { code: 7, details: 'etcdserver: permission denied' };
export const USER_EMPTY = { code: 3, details: 'etcdserver: user name is empty' };
export const INVALID_TOKEN = { code: 16, details: 'etcdserver: invalid auth token' };
export const AUTH_FAILED = {
  code: 3,
  details: 'etcdserver: authentication failed, invalid user ID or password',
};
export const INVALID_MANAGEMENT = { code: 3, details: 'etcdserver: invalid auth management' };
