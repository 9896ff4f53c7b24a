/** What a run may not send to an etcd that someone else runs. */
import { expect, it } from 'vitest';
import { guardPrefix } from '../../sim/backend/real/prefix-guard.js';
import { byteStringOfText } from '../../sim/etcd/byte-string.js';
import { DELETE_RANGE_REQUEST, PUT_REQUEST } from '../../sim/etcd/wire/kv.js';

const guard = guardPrefix('run/');
const put = (key: string) =>
  guard('/etcdserverpb.KV/Put', PUT_REQUEST.encode({ key: byteStringOfText(key), value: '' }));
const remove = (key: string, rangeEnd: string) =>
  guard('/etcdserverpb.KV/DeleteRange', DELETE_RANGE_REQUEST.encode({ key, rangeEnd }));
const nothing = new Uint8Array();

it('only a key under the prefix belongs to the run', () => {
  expect(put('run/a')).toBeUndefined();
  expect(put('mykey')?.details).toContain('KV.Put of "mykey"');
  expect(put('mykey')?.details).toContain('begins with run/');
  expect(put('run')).toBeDefined();
});

it('a range belongs to the run if it ends with the prefix at the latest', () => {
  expect(remove('run/', 'run0')).toBeUndefined();
  expect(remove('run/a', 'run/b')).toBeUndefined();
  expect(remove('run/', 'run1')).toBeDefined();
  expect(remove('run/', '\0')).toBeDefined();
  expect(remove('\0', '\0')).toBeDefined();
});

it('requests that change more than keys are refused, and those that only read are not', () => {
  expect(guard('/etcdserverpb.KV/Compact', nothing)?.details).toContain('KV.Compact');
  expect(guard('/etcdserverpb.Cluster/MemberRemove', nothing)).toBeDefined();
  expect(guard('/etcdserverpb.Auth/AuthEnable', nothing)).toBeDefined();
  expect(guard('/etcdserverpb.KV/Range', nothing)).toBeUndefined();
  expect(guard('/etcdserverpb.Watch/Watch', nothing)).toBeUndefined();
  expect(guard('/etcdserverpb.Lease/LeaseGrant', nothing)).toBeUndefined();
});
