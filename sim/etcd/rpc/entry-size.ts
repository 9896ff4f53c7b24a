/**
 * The exact size of a request in etcd's log: encoded anew, with a header that carries a request id.
 * Invariant: exactly the requests longer than `--max-request-bytes` are refused.
 */
import type { Asker } from '../auth/auth-store.js';
import type { Encodable, MessageType } from '../wire/message.js';
import { REQUEST_BYTES_MAX, type MemberServer } from './server.js';

/** The largest overhead of an entry beside its request, as long as it names no user. */
const ENTRY_OVERHEAD_BYTES_MAX = 32;

/**
 * True if the entry of a request is too large for the log.
 *
 * @param request as it goes into the log
 * @param bytes as it arrived: the new encoding keeps its unknown fields, but drops fields with default values
 */
export function isTooLarge<Q>(
  server: MemberServer,
  type: MessageType<Q>,
  request: Encodable<Q>,
  bytes: Uint8Array,
  asker: Asker,
): boolean {
  if (bytes.length + 3 * asker.user.length + ENTRY_OVERHEAD_BYTES_MAX <= REQUEST_BYTES_MAX) return false;
  const size = type.sizeOf(request) + type.unknownBytesOf(bytes);
  return headerBytes(server.id, asker) + 1 + delimitedBytes(size) > REQUEST_BYTES_MAX;
}

/** The entry's header is its field 100, whose tag takes two bytes. */
function headerBytes(memberId: bigint, { user, authRevision }: Asker): number {
  let size = 1 + requestIdBytes(memberId);
  if (user !== '') size += 1 + delimitedBytes(Buffer.byteLength(user, 'utf8'));
  if (authRevision !== 0) size += 1 + varintBytes(BigInt(authRevision));
  return 2 + delimitedBytes(size);
}

/**
 * The length of the member's request ids as varints: they have the low 16 bits of its own id, then 48 that
 * count.
 */
export function requestIdBytes(memberId: bigint): number {
  return varintBytes((BigInt.asUintN(16, memberId) << 48n) | 0xffff_ffff_ffffn);
}

/** The length of something of this many bytes, including its length prefix. */
function delimitedBytes(size: number): number {
  return varintBytes(BigInt(size)) + size;
}

function varintBytes(value: bigint): number {
  let bytes = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes++;
  return bytes;
}
