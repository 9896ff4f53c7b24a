/** The header that every response of etcd carries. */
import { int64, uint64, unsignedId } from './field.js';
import { message, type Decoded } from './message.js';

export type ResponseHeader = Decoded<typeof RESPONSE_HEADER>;
export const RESPONSE_HEADER = message('ResponseHeader', {
  clusterId: unsignedId(1),
  memberId: unsignedId(2),
  revision: int64(3),
  raftTerm: uint64(4),
});

/** The header inside a transaction's responses: etcd fills in only the revision. */
export function bareHeader(revision: number): ResponseHeader {
  return { clusterId: 0n, memberId: 0n, revision, raftTerm: 0 };
}
