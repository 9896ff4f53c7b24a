/**
 * Every gRPC server of a node, made with unmodified grpc-js. During a run, `bindAsync` in a node opens a port
 * of the simulated network. Invariant: outside a run, and outside every node, grpc-js opens real ports.
 */
import { Server, type ServerCredentials } from '@grpc/grpc-js';
import { slot, type Slot } from '../../engine/ambient/slot.js';
import { currentNode, type VirtualNode } from '../../engine/node.js';
import type { NodeServers } from './node-servers.js';

interface Home {
  readonly servers: NodeServers;
  /** Ends the connections of others to the node. */
  readonly disconnect: () => void;
}

const homes = new WeakMap<VirtualNode, Home>();

/** From now on the servers of the node are among these. */
export function giveServers(node: VirtualNode, home: Home): void {
  homes.set(node, home);
}

type Bound = (error: Error | null, port: number) => void;

/** A method of the server that stands in for grpc-js's own in a node. */
function method<Given extends readonly unknown[], R>(
  name: 'bindAsync' | 'start' | 'tryShutdown' | 'forceShutdown' | 'unbind' | 'drain',
  inNode: (home: Home, node: VirtualNode, server: Server, ...given: Given) => R,
): Slot {
  const native = Server.prototype[name] as (...given: Given) => R;
  return slot(Server.prototype, name, function (this: Server, ...given: Given): R {
    const node = currentNode();
    const home = node === undefined ? undefined : homes.get(node);
    if (node === undefined || home === undefined) return Reflect.apply(native, this, given);
    return inNode(home, node, this, ...given);
  });
}

export const serverSlots: readonly Slot[] = [
  method(
    'bindAsync',
    (home, node, server, address: string, _credentials: ServerCredentials, callback: Bound) => {
      const bound = home.servers.listen(node, server, portOf(address));
      const error =
        bound === undefined ? new Error(`listen EADDRINUSE: address already in use ${address}`) : null;
      process.nextTick(() => callback(error, bound ?? 0));
    },
  ),
  method('start', () => undefined),
  method('tryShutdown', ({ servers }, _node, server, callback: (error?: Error) => void) => {
    servers.close(server, () => callback());
  }),
  method('forceShutdown', ({ servers, disconnect }, _node, server) => {
    servers.close(server);
    disconnect();
  }),
  method('unbind', ({ servers }, _node, server) => servers.close(server, () => undefined)),
  method('drain', ({ servers }, _node, server) => servers.close(server, () => undefined)),
];

/** The port of `0.0.0.0:50051`, `[::]:50051` or `dns:///b:50051`. @throws Error where there is none */
function portOf(address: string): number {
  const port = /:(\d+)$/.exec(address)?.[1];
  if (port !== undefined) return Number(port);
  throw new Error(
    `a server in a simulated node: expected an address with a port, such as 0.0.0.0:50051, got ${address}`,
  );
}
