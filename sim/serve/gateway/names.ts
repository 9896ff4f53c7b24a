/**
 * The names of fields and enumeration values in JSON: as etcd's `.proto` files name them, or in lower camel
 * case. Invariant: every written name can be read again.
 */
import type { MessageField, MessageType } from '../../etcd/wire/message.js';

/**
 * Fields that the `.proto` files themselves write in camel case, as all with an abbreviation such as `ID`.
 */
const CAMEL_CASE = new Set([
  ...['dbSize', 'raftIndex', 'raftTerm', 'raftAppliedIndex', 'dbSizeInUse', 'isLearner'].map(ofStatus),
  ...['storageVersion', 'dbSizeQuota', 'downgradeInfo'].map(ofStatus),
  'DowngradeInfo.targetVersion',
  'Member.isLearner',
  'MemberAddRequest.isLearner',
  'Permission.permType',
  'AuthStatusResponse.authRevision',
  'AuthUserAddRequest.hashedPassword',
  'AuthUserChangePasswordRequest.hashedPassword',
]);

function ofStatus(key: string): string {
  return `StatusResponse.${key}`;
}

/** The values of one enumeration, in order, and its name in Go and in the `.proto`. */
export interface EnumNames {
  readonly name: string;
  readonly values: readonly string[];
}

const SORT_ORDERS = ['NONE', 'ASCEND', 'DESCEND'];
const SORT_TARGETS = ['KEY', 'VERSION', 'CREATE', 'MOD', 'VALUE'];
const ALARMS: EnumNames = { name: 'etcdserverpb.AlarmType', values: ['NONE', 'NOSPACE', 'CORRUPT'] };

const ENUMS: Readonly<Record<string, EnumNames>> = {
  'Event.type': { name: 'mvccpb.Event.EventType', values: ['PUT', 'DELETE'] },
  'RangeRequest.sortOrder': { name: 'etcdserverpb.RangeRequest.SortOrder', values: SORT_ORDERS },
  'RangeRequest.sortTarget': { name: 'etcdserverpb.RangeRequest.SortTarget', values: SORT_TARGETS },
  'Compare.result': {
    name: 'etcdserverpb.Compare.CompareResult',
    values: ['EQUAL', 'GREATER', 'LESS', 'NOT_EQUAL'],
  },
  'Compare.target': {
    name: 'etcdserverpb.Compare.CompareTarget',
    values: ['VERSION', 'CREATE', 'MOD', 'VALUE', 'LEASE'],
  },
  'WatchCreateRequest.filters': {
    name: 'etcdserverpb.WatchCreateRequest.FilterType',
    values: ['NOPUT', 'NODELETE'],
  },
  'AlarmRequest.action': {
    name: 'etcdserverpb.AlarmRequest.AlarmAction',
    values: ['GET', 'ACTIVATE', 'DEACTIVATE'],
  },
  'AlarmRequest.alarm': ALARMS,
  'AlarmMember.alarm': ALARMS,
  'DowngradeRequest.action': {
    name: 'etcdserverpb.DowngradeRequest.DowngradeAction',
    values: ['VALIDATE', 'ENABLE', 'CANCEL'],
  },
  'Permission.permType': { name: 'authpb.Permission.Type', values: ['READ', 'WRITE', 'READWRITE'] },
};

/** uint32 in the `.proto`, which JSON writes as a number: all other integers are strings. */
const NUMBERS = new Set(['HashResponse.hash', 'HashKVResponse.hash']);

/** The `.proto`'s name for a oneof that has another name in the wire's table. */
const ONEOFS: Readonly<Record<string, string>> = {
  'Compare.target': 'target_union',
  'WatchRequest.request': 'request_union',
};

/** A field in JSON. */
export interface JsonField extends MessageField {
  /** Such as `range_end`. */
  readonly protoName: string;
  /** Such as `rangeEnd`. */
  readonly jsonName: string;
  readonly values: EnumNames | undefined;
  readonly isJsonNumber: boolean;
  /** Such as `etcdserverpb.Compare.target_union`. */
  readonly oneofName: string | undefined;
}

interface JsonFields {
  readonly inOrder: readonly JsonField[];
  /** By both of their names. */
  readonly byName: ReadonlyMap<string, JsonField>;
}

const known = new WeakMap<MessageType<unknown>, JsonFields>();

export function jsonFieldsOf(type: MessageType<unknown>): JsonFields {
  const before = known.get(type);
  if (before !== undefined) return before;
  const inOrder = type.fields.map((field) => jsonFieldOf(type.name, field));
  const byName = new Map(
    inOrder.flatMap((field) => [
      [field.protoName, field],
      [field.jsonName, field],
    ]),
  );
  const fields = { inOrder, byName };
  known.set(type, fields);
  return fields;
}

function jsonFieldOf(message: string, field: MessageField): JsonField {
  const path = `${message}.${field.key}`;
  const protoName = CAMEL_CASE.has(path) || /[A-Z]{2}/.test(field.key) ? field.key : snakeCase(field.key);
  const { oneof } = field;
  const union = oneof === undefined ? undefined : (ONEOFS[`${message}.${oneof}`] ?? oneof);
  return {
    ...field,
    protoName,
    jsonName: protoName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    values: ENUMS[path],
    isJsonNumber: NUMBERS.has(path),
    oneofName: union === undefined ? undefined : `etcdserverpb.${message}.${union}`,
  };
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
