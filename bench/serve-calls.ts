/**
 * The calls for comparing servers: one key, values of 100 bytes, and a transaction that compares and writes.
 */
import { PUT_REQUEST, RANGE_REQUEST, TXN_REQUEST } from '../sim/etcd/wire/kv.js';

interface Request {
  readonly path: string;
  readonly message: Uint8Array;
}

export interface Call extends Request {
  readonly name: string;
  /** Calls that wait for a disk in a real etcd. */
  readonly writes: boolean;
  /** The preparation. */
  readonly before: readonly Request[];
}

const KEY = 'bench/key';
const VALUE = 'v'.repeat(100);
const PUT: Request = {
  path: '/etcdserverpb.KV/Put',
  message: PUT_REQUEST.encode({ key: KEY, value: VALUE }),
};

export const KV_CALLS: readonly Call[] = [
  { name: 'put', writes: true, before: [PUT], ...PUT },
  {
    name: 'range',
    writes: false,
    before: [PUT],
    path: '/etcdserverpb.KV/Range',
    message: RANGE_REQUEST.encode({ key: KEY }),
  },
  {
    name: 'txn',
    writes: true,
    before: [PUT],
    path: '/etcdserverpb.KV/Txn',
    message: TXN_REQUEST.encode({
      compare: [{ key: KEY, result: 1, target: 0, version: 0 }],
      success: [{ requestPut: { key: KEY, value: VALUE } }, { requestRange: { key: KEY } }],
    }),
  },
];
