import { expect, test } from 'vitest';
import { requestIdBytes } from '../../sim/etcd/rpc/entry-size.js';
import { PUT_REQUEST } from '../../sim/etcd/wire/kv.js';
import { TestCluster } from './harness.js';

const LIMIT_BYTES = 1_572_864;

/** The member's answer to a put with these extra bytes after the request. */
function putWith(valueBytes: number, more: string): string | undefined {
  const { cluster } = new TestCluster();
  const [member] = cluster.members;
  let details: string | undefined;
  const call = member?.open('/etcdserverpb.KV/Put', new Map(), {
    message: () => undefined,
    status: (status) => (details = status.details),
  });
  const request = PUT_REQUEST.encode({ key: 'a', value: 'x'.repeat(valueBytes) });
  call?.message(Buffer.concat([request, Buffer.from(more, 'latin1')]));
  return details;
}

function idBytes(): number {
  const member = new TestCluster().client().memberList().response.members[0];
  return requestIdBytes(member?.ID ?? 0n);
}

test('the largest put is the one whose entry has 1,572,864 bytes', () => {
  const largest = LIMIT_BYTES - 15 - idBytes();
  expect(putWith(largest, '')).toBe('');
  expect(putWith(largest + 1, '')).toBe('etcdserver: request is too large');
});

test('fields with their default are not in the entry, unknown fields are', () => {
  const largest = LIMIT_BYTES - 15 - idBytes();
  const leaseZero = '\x18\0';
  const fieldNinety = '\xd0\x05\x01';
  expect(putWith(largest, leaseZero)).toBe('');
  expect(putWith(largest - 3, fieldNinety)).toBe('');
  expect(putWith(largest - 2, fieldNinety)).toBe('etcdserver: request is too large');
});
