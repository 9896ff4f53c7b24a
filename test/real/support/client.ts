/** etcd3 clients for tests of the real cluster: without retries, so that faults are visible. */
import { Etcd3 } from 'etcd3';

type FaultHandling = NonNullable<NonNullable<ConstructorParameters<typeof Etcd3>[0]>['faultHandling']>;

/** A policy that calls once and passes on the outcome. */
const once = {
  onSuccess: () => ({ dispose: () => undefined }),
  onFailure: () => ({ dispose: () => undefined }),
  execute: (call: (context: object) => unknown) => call({ signal: new AbortController().signal }),
} as unknown as NonNullable<FaultHandling['global']>;

/** @param deadlineMs how long a call may take; 10 s unless the test waits for it to run out */
export function connect(hosts: string | string[], deadlineMs = 10_000): Etcd3 {
  return new Etcd3({
    hosts,
    faultHandling: { host: () => once, global: once },
    // A separate client: grpc-js would share connections, and their backoff, between clients of a process.
    grpcOptions: { 'grpc.enable_http_proxy': 0, 'grpc.use_local_subchannel_pool': 1 },
    defaultCallOptions: () => ({ deadline: Date.now() + deadlineMs }),
  });
}
