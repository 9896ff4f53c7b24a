/**
 * What somebody else does to the etcd of a run: compacts it, revokes leases, makes tokens void. The same code does it to the simulated
 * and to the real one, by the observer's client. Invariant: nothing is compacted before it is in the run's log, and
 * nothing is touched that is not the run's own.
 */
import type { Etcd3 } from 'etcd3';
import type { Operator } from '../faults/fault.js';
import type { LogCollector } from '../history/collect-log.js';
import { expireTokens } from './authentication.js';

/** What it asked for, whether or not it was done. */
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
  /** Where it keeps what it asks for. */
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
      const ids = await leasesOf(client, log.hasOutsideKeys ? '' : prefix).catch(() => []);
      const id = ids[index % Math.max(1, ids.length)];
      if (id === undefined) return false;
      asked.revocations.push(id);
      return didSo(client.leaseClient.leaseRevoke({ ID: id }));
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

/** Ids of the leases that have keys with the prefix, the smallest first. */
async function leasesOf(client: Etcd3, prefix: string): Promise<string[]> {
  const { kvs } = await (prefix === '' ? client.getAll().all() : client.getAll().prefix(prefix)).exec();
  const ids = new Set(kvs.map((kv) => kv.lease).filter((id) => id !== '0'));
  return [...ids].sort((left, right) => (BigInt(left) < BigInt(right) ? -1 : 1));
}

/** A request of the operator may fail as any other; then nothing was done, as far as anybody can say. */
function didSo(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}
