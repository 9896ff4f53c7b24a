import { expect, test } from 'vitest';
import { VERSIONS } from '../../sim/etcd/version.js';
import { Store } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';
import { executeRange } from '../../sim/etcd/txn/range.js';
import { streamRange } from '../../sim/etcd/txn/range-stream.js';
import { executePut } from '../../sim/etcd/txn/write.js';
import {
  PUT_REQUEST,
  RANGE_REQUEST,
  RANGE_STREAM_RESPONSE,
  type RangeRequest,
} from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';
import { TestCluster } from './harness.js';

/** A hundred keys, the first fifty with small values and the others with large ones. */
function filledStore(): Store {
  const store = new Store({ attach: () => undefined, detach: () => undefined }, VERSIONS['3.7']);
  for (let index = 0; index < 100; index++) {
    const transaction = new WriteTransaction(store);
    const value = 'x'.repeat(index < 50 ? 10 : 100_000);
    executePut(
      transaction,
      PUT_REQUEST.decode(PUT_REQUEST.encode({ key: `k${String(index).padStart(3, '0')}`, value })),
    );
    transaction.end();
  }
  return store;
}

/** The chunks as `keys/more/count`. */
function chunksOf(request: Encodable<RangeRequest>): string[] {
  const store = filledStore();
  const full = RANGE_REQUEST.decode(RANGE_REQUEST.encode({ key: 'k', rangeEnd: 'l', ...request }));
  const chunks: string[] = [];
  streamRange(
    full,
    (chunk) => executeRange(store, chunk, VERSIONS['3.7']),
    ({ kvs = [], more = false, count = 0 }) => void chunks.push(`${kvs.length}/${more}/${count}`),
  );
  return chunks;
}

test('a stream begins with ten keys and doubles its chunks while they are small, as a real 3.7.1 was seen to', () => {
  expect(chunksOf({})).toEqual(['10/false/0', '20/false/0', '40/false/0', '30/false/100']);
});

test('a limit ends it, and the last chunk counts what it left out', () => {
  expect(chunksOf({ limit: 25 })).toEqual(['10/false/0', '15/true/100']);
  expect(chunksOf({ limit: 31, keysOnly: true })).toEqual(['10/false/0', '20/false/0', '1/true/100']);
});

test('a count comes in one chunk without keys', () => {
  expect(chunksOf({ countOnly: true })).toEqual(['0/false/100']);
});

test('only 3.7 has it', () => {
  const ask = (version: '3.6' | '3.7') => {
    const client = new TestCluster({ version }).client();
    const call = client.call('KV/RangeStream', RANGE_REQUEST, RANGE_STREAM_RESPONSE).send({ key: 'a' });
    call.server.halfClose();
    return call.status;
  };
  expect(ask('3.6')).toEqual({ code: 12, details: `unknown method RangeStream for service etcdserverpb.KV` });
  expect(ask('3.7')?.code).toBe(0);
});

test('it takes no order but that of keys, and no filters', () => {
  const ask = (request: Encodable<RangeRequest>) =>
    new TestCluster({ version: '3.7' })
      .client()
      .call('KV/RangeStream', RANGE_REQUEST, RANGE_STREAM_RESPONSE)
      .send(request).status;
  expect(ask({ key: 'a', sortOrder: 2 })?.details).toBe('RangeStream does not support custom sort orders');
  expect(ask({ key: 'a', minModRevision: 2 })?.details).toBe('RangeStream does not support revision filters');
});
