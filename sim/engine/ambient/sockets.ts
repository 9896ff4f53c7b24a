/**
 * Sockets, which a node does not have: what it would say into the real world no seed could repeat. Whoever opens one
 * in a node gets an error, and so does the run; outside every node sockets work as ever.
 */
// eslint-disable-next-line no-restricted-imports -- to refuse sockets one has to name them
import net from 'node:net';
import { currentNode } from '../node.js';
import { replace } from './replace.js';

type Connect = (this: net.Socket, ...parameters: unknown[]) => net.Socket;

const connect = net.Socket.prototype.connect as Connect;

/** Refuses nodes their sockets; returns how to stop that. */
export function refuseSockets(): () => void {
  return replace(
    net.Socket.prototype,
    'connect',
    function (this: net.Socket, ...parameters: unknown[]): net.Socket {
      const node = currentNode();
      if (node === undefined) return connect.apply(this, parameters);
      const error = new Error(`${node.name} opened a socket, which would leave the simulation`);
      node.engine.reportNodeError(node, error);
      throw error;
    },
  );
}
