/** Requests that etcd refuses, with its codes and texts. */
import { EtcdLeaseInvalidError } from 'etcd3';
import { expect, it } from 'vitest';
import type { Etcd } from '../support/etcd.js';
import { refusalOf } from '../support/refusal.js';

type Attempt = (etcd: Etcd) => Promise<unknown>;

const refusals: readonly (readonly [string, number, string, Attempt])[] = [
  ['a put without a key', 3, 'etcdserver: key is not provided', ({ raw }) => raw.put('')],
  ['a range without a key', 3, 'etcdserver: key is not provided', ({ raw }) => raw.range('')],
  [
    'a put that gives a value and asks to keep the old one',
    3,
    'etcdserver: value is provided',
    (etcd) => etcd.raw.put(etcd.key('a'), 'new', { ignoreValue: true }),
  ],
  [
    'a put that gives a lease and asks to keep the old one',
    3,
    'etcdserver: lease is provided',
    (etcd) => etcd.raw.put(etcd.key('a'), '', { lease: 1n, ignoreLease: true }),
  ],
  [
    'a put that asks to keep the value of no key',
    3,
    'etcdserver: key not found',
    (etcd) => etcd.raw.put(etcd.key('none'), '', { ignoreValue: true }),
  ],
  [
    'a transaction that puts a key twice',
    3,
    'etcdserver: duplicate key given in txn request',
    (etcd) =>
      etcd.raw.txn({
        success: [{ requestPut: { key: etcd.key('a') } }, { requestPut: { key: etcd.key('a') } }],
      }),
  ],
  [
    'a transaction that puts a key and deletes a range around it',
    3,
    'etcdserver: duplicate key given in txn request',
    (etcd) =>
      etcd.raw.txn({
        success: [
          { requestPut: { key: etcd.key('a') } },
          { requestDeleteRange: { key: etcd.prefix, rangeEnd: etcd.prefixEnd } },
        ],
      }),
  ],
  [
    'a transaction of more than 128 operations',
    3,
    'etcdserver: too many operations in txn request',
    (etcd) =>
      etcd.raw.txn({
        success: Array.from({ length: 129 }, () => ({ requestRange: { key: etcd.key('a') } })),
      }),
  ],
  [
    'a range at a revision that is to come',
    11,
    'etcdserver: mvcc: required revision is a future revision',
    (etcd) => etcd.raw.range(etcd.key('a'), { revision: 1_000_000_000 }),
  ],
  [
    'a range with an order that there is not',
    3,
    'etcdserver: invalid sort option',
    (etcd) => etcd.raw.range(etcd.key('a'), { sortOrder: 9 }),
  ],
  [
    'a value of more than 1.5 MiB',
    3,
    'etcdserver: request is too large',
    (etcd) => etcd.raw.put(etcd.key('a'), 'x'.repeat(1.5 * 1024 * 1024 + 1)),
  ],
  [
    'a method that there is not',
    12,
    'unknown method Steal for service etcdserverpb.KV',
    ({ raw }) => raw.send('/etcdserverpb.KV/Steal', new Uint8Array()),
  ],
  [
    'a service that there is not',
    12,
    'unknown service nobody.Knows',
    ({ raw }) => raw.send('/nobody.Knows/Range', new Uint8Array()),
  ],
  [
    'a message that breaks off',
    13,
    'grpc: error unmarshalling request: unexpected EOF',
    ({ raw }) => raw.send('/etcdserverpb.KV/Put', Buffer.from([0x0a, 0x05])),
  ],
  [
    'a message of more than 2 MiB',
    8,
    'grpc: received message larger than max (2097153 vs. 2097152)',
    ({ raw }) => raw.send('/etcdserverpb.KV/Put', Buffer.alloc(2 * 1024 * 1024 + 1)),
  ],
];

export function errorBehaviour(etcd: Etcd): void {
  it.each(refusals)('refuses %s', async (_what, code, details, attempt) => {
    expect(await refusalOf(attempt(etcd))).toEqual({ code, details });
  });

  it('refuses a call that ends before its request', async () => {
    const stream = etcd.raw.open('/etcdserverpb.KV/Range');
    const end = new Promise((resolve) => stream.once('status', resolve));
    stream.end();
    expect(await end).toMatchObject({ code: 2, details: 'EOF' });
  });

  it('changes nothing in a refused request', async () => {
    const before = (await etcd.raw.range(etcd.key('a'))).header?.revision;
    for (const [, , , attempt] of refusals) await refusalOf(attempt(etcd));
    expect((await etcd.raw.range(etcd.key('a'))).header?.revision).toBe(before);
  });

  it('lets the etcd3 client throw its own error classes', async () => {
    const put = etcd.client.put('a').value('').lease('987654');
    await expect(put).rejects.toBeInstanceOf(EtcdLeaseInvalidError);
  });
}
