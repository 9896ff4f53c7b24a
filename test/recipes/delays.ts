/** Requests of a node that come late to etcd. */
import type { SimulatedEtcd } from './in-simulation.js';

/** Which request is late. */
export interface LateRequest {
  readonly node: string;
  /** The end of the method's name, such as `/Txn`. */
  readonly method: string;
  /** The n-th one from now on. */
  readonly nth: number;
}

/** Delays one request by a second. */
export function delayRequest(etcd: SimulatedEtcd, { node, method, nth }: LateRequest): void {
  let seen = 0;
  etcd.network.link(node, 'm1').addRule((message) => {
    // The end of a request has no bytes.
    if (message.direction !== 'request' || message.bytes === 0) return { kind: 'pass' };
    if (!message.method.endsWith(method)) return { kind: 'pass' };
    seen += 1;
    return seen === nth ? { kind: 'delay', byUs: 1_000_000 } : { kind: 'pass' };
  });
}
