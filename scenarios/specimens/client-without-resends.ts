/**
 * An etcd3 client that sends every request once, as etcd's Go client does with writes. Invariant: a lost
 * request is reported, never resent silently.
 */
import { noop } from 'cockatiel';
import { Etcd3 } from 'etcd3';
import type { NodeContext } from '../../sim/scenario/scenario.js';

export function clientWithoutResends({ etcdOptions }: NodeContext): Etcd3 {
  return new Etcd3({ ...etcdOptions, faultHandling: { global: noop, host: () => noop } });
}
