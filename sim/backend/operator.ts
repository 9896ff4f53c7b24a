/**
 * Another client's actions on the etcd of a run: it compacts, revokes leases and invalidates tokens. The same
 * code acts on the simulated and on the real etcd, with the observer's client. Invariant: nothing is
 * compacted before it is in the run's log, and nothing outside the run is touched.
 */
import type { Etcd3 } from 'etcd3';
import type { Operator, RevokedLease } from '../faults/fault.js';
import type { LogCollector } from '../history/collect-log.js';
import { expireTokens } from './authentication.js';

/** The requested actions, whether or not they succeeded. */
export interface AskedFor {
  readonly compactions: number[];
  readonly revocations: string[];
}

export interface OperatorParts {
  readonly client: Etcd3;
  readonly log: LogCollector;
  readonly prefix: string;
  /** Names of the nodes. */
  readonly nodes: readonly string[];
  /** Where it records its requests. */
  readonly asked: AskedFor;
}

export function createOperator({ client, log, prefix, nodes, asked }: OperatorParts): Operator {
  let compacted = 0;
  return {
    async compact(keep) {
      const revision = log.revision - keep;
      if (revision <= compacted) return false;
      compacted = revision;
      asked.compactions.push(revision);
      return didSo(client.kv.compact({ revision }));
    },
    async revokeLease(index) {
      const leases = await leasesOf(client, log.hasOutsideKeys ? '' : prefix).catch(() => []);
      const revoked = leases[index % Math.max(1, leases.length)];
      if (revoked === undefined) return false;
      asked.revocations.push(revoked.lease);
      const did = await didSo(client.leaseClient.leaseRevoke({ ID: revoked.lease }));
      const nameOf = (key: string) => (key.startsWith(prefix) ? key.slice(prefix.length) : key);
      return did && { ...revoked, keys: revoked.keys.map(nameOf) };
    },
    async expireTokens(node) {
      let did = false;
      for (const name of node === undefined ? nodes : [node]) {
        if (await didSo(expireTokens(client, name))) did = true;
      }
      return did;
    },
  };
}

/** The leases with keys under the prefix, by their ids, the smallest first. */
async function leasesOf(client: Etcd3, prefix: string): Promise<RevokedLease[]> {
  const { kvs } = await (prefix === '' ? client.getAll().all() : client.getAll().prefix(prefix)).exec();
  const leases = new Map<string, string[]>();
  for (const { key, lease } of kvs) {
    if (lease === '0') continue;
    const keys = leases.get(lease) ?? [];
    leases.set(lease, keys);
    keys.push(key.toString());
  }
  return [...leases]
    .map(([lease, keys]) => ({ lease, keys }))
    .sort((left, right) => (BigInt(left.lease) < BigInt(right.lease) ? -1 : 1));
}

/** A request of the operator may fail like any other; it then counts as not done. */
function didSo(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}
