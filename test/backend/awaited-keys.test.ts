/** How a pending call is described. */
import { expect, it } from 'vitest';
import { awaitedKeys } from '../../sim/backend/awaited-keys.js';
import { DELETE_RANGE_REQUEST, PUT_REQUEST, RANGE_REQUEST } from '../../sim/etcd/wire/kv.js';
import { WATCH_REQUEST } from '../../sim/etcd/wire/watch.js';

const call = (method: string, ...sent: Uint8Array[]) => ({
  ...{ node: 'n1', member: 'm1', startedUs: 0 },
  method: `/etcdserverpb.${method}`,
  sent,
});
const watch = (key: string, more: { rangeEnd?: string; startRevision?: number } = {}) =>
  WATCH_REQUEST.encode({ createRequest: { key, ...more } });

it('a watch by its keys, and by the revision at which it began', () => {
  expect(awaitedKeys(call('Watch/Watch', watch('lock/a')))).toBe(' of lock/a');
  expect(awaitedKeys(call('Watch/Watch', watch('lock/a', { startRevision: 7 })))).toBe(
    ' of lock/a from revision 7',
  );
  expect(awaitedKeys(call('Watch/Watch', watch('q/', { rangeEnd: 'q0' })))).toBe(' of q/*');
  expect(awaitedKeys(call('Watch/Watch', watch('a', { rangeEnd: 'c' })))).toBe(' of a and later keys');
});

it('several by the first few, each once', () => {
  const stream = call('Watch/Watch', ...['a', 'b', 'a', 'c', 'd', 'e'].map((key) => watch(key)));
  expect(awaitedKeys(stream)).toBe(' of a, b, c and 2 more');
  expect(awaitedKeys(call('Watch/Watch', WATCH_REQUEST.encode({ cancelRequest: { watchId: 1n } })))).toBe('');
});

it('a request by its key, in one line for any key', () => {
  expect(awaitedKeys(call('KV/Range', RANGE_REQUEST.encode({ key: 'a\nb' })))).toBe(' of a\\nb');
  expect(awaitedKeys(call('KV/Put', PUT_REQUEST.encode({ key: 'k' })))).toBe(' of k');
  expect(awaitedKeys(call('KV/DeleteRange', DELETE_RANGE_REQUEST.encode({ key: 'k' })))).toBe(' of k');
  // `ä` in UTF-8.
  expect(awaitedKeys(call('KV/Put', PUT_REQUEST.encode({ key: '\xc3\xa4' })))).toBe(' of ä');
});

it('an unknown call is not described', () => {
  expect(awaitedKeys(call('Lease/LeaseKeepAlive', new Uint8Array([1])))).toBe('');
  expect(awaitedKeys(call('KV/Range', new Uint8Array([255])))).toBe('');
});
