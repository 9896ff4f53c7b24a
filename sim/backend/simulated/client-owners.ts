/**
 * Watches the use of etcd3 clients. It remembers the line of the user's code that uses one. It notices a client that a node
 * of one run used and a node of another uses again: a module kept it. Such a client has connections, open circuit breakers
 * and leases of a run that is over. Invariant: outside every node, and within one run, clients are as etcd3 made them.
 */
import { ConnectionPool } from 'etcd3/lib/connection-pool.js';
import { slot, type Slot } from '../../engine/ambient/slot.js';
import { EscapeError } from '../../engine/escape-error.js';
import { callerOfUser } from '../../engine/caller.js';
import { calledFrom, currentNode, currentPlace, type VirtualNode } from '../../engine/node.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';

/** The node that first used a pool of connections; each client has a pool of its own. */
const owners = new WeakMap<object, VirtualNode>();

const native = {
  exec: ConnectionPool.prototype.exec,
  withConnection: ConnectionPool.prototype.withConnection,
};

/** The ways into a client. */
export const clientSlots: readonly Slot[] = [
  guarded('exec', (service, method) => `${service}.${String(method)}`),
  guarded('withConnection', (service) => service),
];

function guarded(name: keyof typeof native, called: (service: string, method: unknown) => string): Slot {
  return slot(
    ConnectionPool.prototype,
    name,
    function (this: ConnectionPool, service: string, ...rest: unknown[]): unknown {
      refuseOtherRun(this, () => called(service, rest[0]));
      return withPlace(() => Reflect.apply(native[name], this, [service, ...rest]) as unknown);
    },
  );
}

/** Later, on its way to the network, no stack shows the line any more. Without stacks, as in a sweep, none does now. */
function withPlace<T>(use: () => T): T {
  const node = currentNode();
  // The observer's calls come from the simulator, or from a setup.
  if (node === undefined || node.name === OBSERVER || Error.stackTraceLimit === 0) return use();
  const place = currentPlace() === undefined ? callerOfUser() : undefined;
  return place === undefined ? use() : calledFrom(place, use);
}

/** @throws EscapeError where the client belongs to another run, which ends this one */
function refuseOtherRun(pool: object, called: () => string): void {
  const node = currentNode();
  if (node === undefined) return;
  const owner = owners.get(pool);
  if (owner === undefined) owners.set(pool, node);
  if (owner === undefined || owner.engine === node.engine) return;
  const escape = EscapeError.here(
    node.name,
    `${called()} of an etcd3 client`,
    `which ${owner.name} of an earlier run has used: make a client in each node, from its etcdOptions, and keep none in a module`,
  );
  node.engine.reportEscape(escape);
  throw escape;
}
