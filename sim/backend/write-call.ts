/**
 * What a client knows of one call that may change something: whether it was applied, or may still be.
 * Invariant: when in doubt, it may be; methods that are not listed as reads count as writes.
 */
import { CODE, definitenessOfStatus } from '../etcd/errors.js';
import type { CallStatus } from '../etcd/call-status.js';
import { TXN_REQUEST, type RequestOp } from '../etcd/wire/kv.js';
import { readable } from '../etcd/wire/malformed-error.js';
import type { CallInterceptor } from '../network/intercept-calls.js';
import { CONTENTS, textOf } from './call-contents.js';

/** Methods that change no key and no lease; renewals only keep a lease alive. */
const READS: ReadonlySet<string> = new Set(
  [
    ...['KV/Range', 'KV/RangeStream', 'Watch/Watch'],
    ...['Lease/LeaseTimeToLive', 'Lease/LeaseLeases', 'Lease/LeaseKeepAlive'],
    ...['Cluster/MemberList', 'Maintenance/Status', 'Maintenance/Hash', 'Maintenance/HashKV'],
    ...['Maintenance/Snapshot', 'Auth/AuthStatus', 'Auth/Authenticate', 'Auth/UserGet', 'Auth/UserList'],
    ...['Auth/RoleGet', 'Auth/RoleList'],
  ].map((name) => `/etcdserverpb.${name}`),
);
const OTHER_READS: ReadonlySet<string> = new Set([
  '/v3electionpb.Election/Leader',
  '/v3electionpb.Election/Observe',
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
]);

/** Whether a call of the method can change anything. */
export function isWriting(method: string): boolean {
  return !READS.has(method) && !OTHER_READS.has(method);
}

export class WriteCall implements CallInterceptor {
  readonly #method: string;
  readonly #onWrite: (() => void) | undefined;
  #request: Uint8Array | undefined;
  #answer: Uint8Array | undefined;
  #status: CallStatus | undefined;

  /** @param onWrite called when it sends something that may change anything */
  constructor(method: string, onWrite?: () => void) {
    this.#method = method;
    this.#onWrite = onWrite;
  }

  sent(bytes: Uint8Array): undefined {
    this.#request = bytes;
    if (this.#onWrite !== undefined && mayChange(this.#method, bytes)) this.#onWrite();
  }

  received(bytes: Uint8Array): void {
    this.#answer = bytes;
  }

  ended(status: CallStatus): void {
    this.#status = status;
  }

  /** False if it changed nothing and will not. */
  get mayHaveChanged(): boolean {
    const [method, request, status] = [this.#method, this.#request, this.#status];
    if (request === undefined || !mayChange(method, request)) return false;
    if (status === undefined) return true;
    if (status.code !== CODE.ok) return definitenessOfStatus(status) === 'indefinite';
    const answer = this.#answer;
    const contents = CONTENTS[method];
    if (answer === undefined || contents === undefined || !TELLS.has(method)) return true;
    return readable(() => contents.answerOf(request, answer, textOf).wrote) ?? true;
  }
}

/** Methods whose answers show whether they changed anything. */
const TELLS: ReadonlySet<string> = new Set(['/etcdserverpb.KV/DeleteRange', '/etcdserverpb.KV/Txn']);

function mayChange(method: string, request: Uint8Array): boolean {
  if (method !== '/etcdserverpb.KV/Txn') return true;
  return (
    readable(() => {
      const { success, failure } = TXN_REQUEST.decode(request);
      return [...success, ...failure].some(changes);
    }) ?? true
  );
}

function changes({ requestPut, requestDeleteRange, requestTxn }: RequestOp): boolean {
  if (requestPut !== undefined || requestDeleteRange !== undefined) return true;
  return requestTxn !== undefined && [...requestTxn.success, ...requestTxn.failure].some(changes);
}
