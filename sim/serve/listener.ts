/**
 * A listening TCP port. Invariant: once `close` has resolved, the port is free and every connection through
 * it is gone.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { EnvironmentError } from '../backend/environment-error.js';
import { formatAddress, type ListenAddress } from './address.js';

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** As in etcd's listener: TCP eventually detects a client that vanished silently. */
const KEEP_ALIVE_DELAY_MS = 30_000;

/** Passes every connection to `accept`. Rejects with an EnvironmentError if it cannot listen. */
export function startListening(
  { host, port }: ListenAddress,
  accept: (socket: Socket) => void,
): Promise<Listener> {
  const sockets = new Set<Socket>();
  const options = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS };
  const server = createServer(options, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that vanishes is no error of ours.
    socket.on('error', () => undefined);
    accept(socket);
  });
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const message = `cannot listen on ${formatAddress({ host, port })}: ${reasonOf(error)}`;
      reject(new EnvironmentError(message, { cause: error }));
    };
    server.once('error', refuse);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', refuse);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is taken';
    case 'EACCES':
      return 'no permission for this port';
    case 'EADDRNOTAVAIL':
      return 'this machine has no such address';
    case 'ENOTFOUND':
      return 'the host is unknown';
    default:
      return message;
  }
}
