/**
 * What a role permits: its permissions in order of their keys. Invariant: a role is never changed, only replaced.
 */
import type { ByteString } from '../byte-string.js';
import { PERMISSION_TYPE, type Permission } from '../wire/auth.js';

export type Role = readonly Permission[];

/** The permission that the role root reports, regardless of its grants. */
export const ALL_KEYS: Permission = { permType: PERMISSION_TYPE.readWrite, key: '', rangeEnd: '\0' };

/**
 * The role with the permission granted, or with another type where the first permission of that key has the same
 * range. A later one of the same range is not looked for, so that a role can have one twice, as in etcd. etcd's sort
 * keeps the order of equal keys up to twelve permissions; this one always.
 */
export function roleWith(role: Role, { permType, key, rangeEnd }: Permission): Role {
  const index = role.findIndex((permission) => permission.key >= key);
  const found = role[index];
  if (found?.key === key && found.rangeEnd === rangeEnd) {
    return role.map((permission, position) =>
      position === index ? { ...permission, permType } : permission,
    );
  }
  const after = role.findIndex((permission) => permission.key > key);
  return role.toSpliced(after < 0 ? role.length : after, 0, { permType, key, rangeEnd });
}

export function roleWithout(role: Role, key: ByteString, rangeEnd: ByteString): Role {
  return role.filter((permission) => permission.key !== key || permission.rangeEnd !== rangeEnd);
}
