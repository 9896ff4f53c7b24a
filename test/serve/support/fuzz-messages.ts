/** Meaningless requests: noise, and messages that are flipped, cut off, concatenated or nested deep. */
import fc from 'fast-check';
import { STREAMS, UNARY, pathOf } from '../../../sim/conformance/command.js';
import { PUT_REQUEST, RANGE_REQUEST, TXN_REQUEST } from '../../../sim/etcd/wire/kv.js';
import { LEASE_GRANT_REQUEST, LEASE_KEEP_ALIVE_REQUEST } from '../../../sim/etcd/wire/lease.js';
import { WATCH_REQUEST } from '../../../sim/etcd/wire/watch.js';
import { field, nestedGroups, nestedTxn } from '../../etcd/raw-message.js';
import { frame, type Heard, type Http2Client } from './http2-client.js';

export interface FuzzMessage {
  readonly path: string;
  readonly message: Buffer;
}

/** Every method, and some that do not exist. */
const PATHS = [
  ...[...Object.keys(UNARY), ...Object.keys(STREAMS), 'Maintenance/Snapshot'].map(pathOf),
  '/v3electionpb.Election/Observe',
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/grpc.health.v1.Health/List',
  '/etcdserverpb.KV/Nothing',
  '/nobody/Nothing',
];

const put = { key: 'key', value: 'value', lease: 7n, prevKv: true };
const HONEST: readonly Buffer[] = [
  PUT_REQUEST.encode(put),
  RANGE_REQUEST.encode({ key: 'a', rangeEnd: 'z', limit: 3, sortOrder: 1, sortTarget: 2 }),
  TXN_REQUEST.encode({
    compare: [{ target: 3, key: 'key', value: 'value' }],
    success: [{ requestPut: put }, { requestTxn: { success: [{ requestRange: { key: 'key' } }] } }],
    failure: [{ requestDeleteRange: { key: 'a', rangeEnd: '\0' } }],
  }),
  LEASE_GRANT_REQUEST.encode({ TTL: 5, ID: 9n }),
  LEASE_KEEP_ALIVE_REQUEST.encode({ ID: 9n }),
  WATCH_REQUEST.encode({ createRequest: { key: 'key', startRevision: 1, filters: [0, 1], fragment: true } }),
];

const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
const honest = fc.constantFrom(...HONEST);
const flipped = fc
  .tuple(honest, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
  .map(([one, flips]) => {
    const bytes = Buffer.from(one);
    for (const [at, mask] of flips) bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
    return bytes;
  });
const cut = fc
  .tuple(honest, fc.nat(60), noise)
  .map(([one, length, rest]) => Buffer.concat([one.subarray(0, length), rest]));
const fields = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.oneof(noise, honest)), { maxLength: 5 })
  .map((all) => Buffer.concat(all.map(([number, body]) => field(number, body))));
const depth = fc.constantFrom(1, 128, 129, 1_000, 5_000, 20_000);
const nested = fc.oneof(
  fc.tuple(depth, noise).map(([deep, innermost]) => nestedTxn(deep, innermost)),
  depth.map((deep) => nestedGroups(deep)),
);

const message = fc.oneof(
  { weight: 3, arbitrary: flipped },
  { weight: 3, arbitrary: cut },
  { weight: 3, arbitrary: fields },
  { weight: 2, arbitrary: noise },
  { weight: 1, arbitrary: nested },
);

/** The same ones for the same seed. */
export function fuzzMessages(
  count: number,
  seed: number,
  paths: readonly string[] = PATHS,
): readonly FuzzMessage[] {
  return fc.sample(fc.record({ path: fc.constantFrom(...paths), message }), { numRuns: count, seed });
}

/** How many streams are open at a time. */
export const AT_ONCE = 250;

/** Sends all of them, some at a time; calls that last end by their deadlines. */
export async function sayAll(
  client: Http2Client,
  messages: readonly FuzzMessage[],
  timeoutText = '50m',
): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  const headers = { 'grpc-timeout': timeoutText };
  for (let begin = 0; begin < messages.length; begin += AT_ONCE) {
    const some = messages.slice(begin, begin + AT_ONCE);
    const answers = some.map(({ path, message }) => client.say(path, { headers, body: frame(message) }));
    heard.push(...(await Promise.all(answers)));
  }
  return heard;
}
