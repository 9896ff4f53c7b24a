import { expect, test } from 'vitest';
import { ERRORS } from '../../sim/etcd/errors.js';
import { VERSIONS } from '../../sim/etcd/version.js';
import { Store } from '../../sim/etcd/store/store.js';
import { WriteTransaction } from '../../sim/etcd/store/write-transaction.js';
import { executeRange } from '../../sim/etcd/txn/range.js';
import { streamRange } from '../../sim/etcd/txn/range-stream.js';
import {
  RANGE_REQUEST,
  RANGE_STREAM_RESPONSE,
  SORT_ORDER,
  SORT_TARGET,
  type RangeRequest,
} from '../../sim/etcd/wire/kv.js';
import type { Encodable } from '../../sim/etcd/wire/message.js';
import { TestCluster } from './harness.js';

const [SMALL, LARGE] = ['x'.repeat(10), 'x'.repeat(100_000)] as const;

/** A hundred keys; by default the first fifty have small values and the others large ones. */
function filledStore(valueOf = (index: number) => (index < 50 ? SMALL : LARGE)): Store {
  const store = new Store({ attach: () => undefined, detach: () => undefined }, VERSIONS['3.7']);
  for (let index = 0; index < 100; index++) put(store, `k${String(index).padStart(3, '0')}`, valueOf(index));
  return store;
}

function put(store: Store, key: string, value: string): void {
  const transaction = new WriteTransaction(store);
  transaction.put(key, value, 0n);
  transaction.end();
}

/** The chunks as `keys/more/count`. */
function chunksOf(request: Encodable<RangeRequest>, store = filledStore()): string[] {
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

test('chunks shrink while they are too large, down to one key', () => {
  const sizes = (bytes: number) => {
    const value = 'x'.repeat(bytes);
    return chunksOf(
      { limit: 24 },
      filledStore(() => value),
    ).map((chunk) => Number(chunk.split('/')[0]));
  };
  expect(sizes(400_000)).toEqual([10, 5, 5, 4]);
  expect(sizes(100_000)).toEqual([10, 10, 4]);
  expect(sizes(50_000)).toEqual([10, 14]);
  expect(sizes(4_000_000).slice(0, 4)).toEqual([10, 5, 2, 1]);
});

test('all its chunks are of one revision, even if keys are written in between', () => {
  for (const revision of [0, 90]) {
    const store = filledStore();
    const full = RANGE_REQUEST.decode(RANGE_REQUEST.encode({ key: 'k', rangeEnd: 'l', limit: 60, revision }));
    const keys: string[] = [];
    const last: unknown[] = [];
    const answer = streamRange(
      full,
      (chunk) => {
        const found = executeRange(store, chunk, VERSIONS['3.7']);
        put(store, `k0${String(keys.length).padStart(2, '0')}+`, '');
        return found;
      },
      ({ kvs = [], header, more, count }) => {
        keys.push(...kvs.map(({ key }) => key ?? ''));
        if (header !== undefined) last.push(header.revision, more, count);
      },
    );
    expect(answer.kind).toBe('ok');
    expect(keys.filter((key) => key.endsWith('+'))).toEqual([]);
    expect([keys.length, last]).toEqual([60, [101, true, revision === 0 ? 100 : 89]]);
  }
});

test('what Range refuses it refuses, before it has sent anything', () => {
  const store = filledStore();
  store.compact(50);
  for (const countOnly of [false, true]) {
    const request = RANGE_REQUEST.decode(RANGE_REQUEST.encode({ key: 'k', revision: 49, countOnly }));
    const refused = streamRange(
      request,
      (chunk) => executeRange(store, chunk, VERSIONS['3.7']),
      () => expect.fail('nothing was to be sent'),
    );
    expect(refused).toMatchObject({ kind: 'failed', error: ERRORS.compacted });
  }
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
  const { ascend } = SORT_ORDER;
  expect(ask({ key: 'a', sortOrder: ascend })?.code).toBe(0);
  expect(ask({ key: 'a', sortOrder: ascend, sortTarget: SORT_TARGET.mod })?.code).toBe(12);
  expect(ask({ key: 'a', sortOrder: 2 })?.details).toBe('RangeStream does not support custom sort orders');
  expect(ask({ key: 'a', minModRevision: 2 })?.details).toBe('RangeStream does not support revision filters');
});
