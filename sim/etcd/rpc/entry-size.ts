/**
 * How long a request is in etcd's log, to the byte: encoded anew, with a header that carries a request id. Invariant:
 * what is refused is exactly what is longer than `--max-request-bytes`.
 */
import type { Asker } from '../auth/auth-store.js';
import type { Encodable, MessageType } from '../wire/message.js';
import { REQUEST_BYTES_MAX, type MemberServer } from './server.js';

/** More than an entry ever has beside its request, as long as it names no user. */
const ENTRY_OVERHEAD_BYTES_MAX = 32;

/**
 * True where the entry of a request is too large for the log.
 *
 * @param request as it goes into the log
 * @param bytes as it came: what is encoded anew has its unknown fields, but no field that has its default
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

/** How long the member's request ids are as varints: they have the low 16 bits of its own id, then 48 that count. */
export function requestIdBytes(memberId: bigint): number {
  return varintBytes((BigInt.asUintN(16, memberId) << 48n) | 0xffff_ffff_ffffn);
}

/** Something of so many bytes with its length before it. */
function delimitedBytes(size: number): number {
  return varintBytes(BigInt(size)) + size;
}

function varintBytes(value: bigint): number {
  let bytes = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) bytes++;
  return bytes;
}
