/**
 * Counts the traffic of the nodes' connections at the sockets of this process, in which all nodes live.
 * Toxiproxy's own counters move only when a connection closes, and a gRPC connection may outlive every fault;
 * a socket counts at any time. Invariant: every connection made to a metered port while the meter is open is
 * counted.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/** Node publishes every outgoing TCP connection here before it connects. */
const CHANNEL = 'net.client.socket';

/** The link of one node to one member. */
export interface MeteredLink {
  readonly node: string;
  readonly member: string;
  /** The port that only this node uses to reach this member. */
  readonly port: number;
}

/** The traffic between a node and a member so far. */
export interface LinkTraffic {
  /** Connections opened since the start. */
  readonly connections: number;
  /** How many of these are open now. */
  readonly open: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

interface Connection {
  readonly link: MeteredLink;
  readonly socket: Socket;
  readonly closed: Promise<void>;
  open: boolean;
}

export class ConnectionMeter {
  readonly #links = new Map<number, MeteredLink>();
  readonly #connections: Connection[] = [];
  readonly #onSocket = (message: unknown): void => {
    if (!isSocketMessage(message)) return;
    const { socket } = message;
    socket.once('connect', () => this.#count(socket));
  };

  constructor() {
    subscribe(CHANNEL, this.#onSocket);
  }

  /** Connections to this port count as the link's from now on. */
  add(link: MeteredLink): void {
    this.#links.set(link.port, link);
  }

  traffic(node: string, member: string): LinkTraffic {
    const connections = this.#of(node, member);
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      connections: connections.length,
      open: connections.filter(({ open }) => open).length,
      bytesSent: sum(connections.map(({ socket }) => socket.bytesWritten)),
      bytesReceived: sum(connections.map(({ socket }) => socket.bytesRead)),
    };
  }

  /**
   * Begins to measure a fault; the returned function counts the connections that it has hit so far. A
   * connection of the link is hit if, since the fault began, it carried a byte in either direction or was
   * closed: the byte was delayed or lost on its way, and the close is the cut. A connection that was open and
   * idle is not hit.
   *
   * @param node undefined for the links of all nodes, as when a member is killed
   */
  measure(node: string | undefined, member: string): () => number {
    const before = new Map(
      this.#of(node, member)
        .filter(({ open }) => open)
        .map((connection) => [connection, bytesOf(connection)]),
    );
    const since = this.#connections.length;
    return () =>
      this.#connections.filter((connection, index) => {
        if (!belongs(connection, node, member)) return false;
        if (index >= since) return !connection.open || bytesOf(connection) > 0;
        const bytesBefore = before.get(connection);
        if (bytesBefore === undefined) return false;
        return !connection.open || bytesOf(connection) > bytesBefore;
      }).length;
  }

  /** One promise per open connection of the link; each resolves when its connection has closed. */
  closes(node: string, member: string): Promise<void>[] {
    return this.#of(node, member)
      .filter(({ open }) => open)
      .map(({ closed }) => closed);
  }

  /** Stops counting connections. */
  close(): void {
    unsubscribe(CHANNEL, this.#onSocket);
  }

  #count(socket: Socket): void {
    const link = socket.remotePort === undefined ? undefined : this.#links.get(socket.remotePort);
    if (link === undefined) return;
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        connection.open = false;
        resolve();
      });
    });
    const connection: Connection = { link, socket, closed, open: true };
    this.#connections.push(connection);
  }

  #of(node: string | undefined, member: string): Connection[] {
    return this.#connections.filter((connection) => belongs(connection, node, member));
  }
}

function belongs({ link }: Connection, node: string | undefined, member: string): boolean {
  return link.member === member && (node === undefined || link.node === node);
}

function bytesOf({ socket }: Connection): number {
  return socket.bytesWritten + socket.bytesRead;
}

function isSocketMessage(message: unknown): message is { readonly socket: Socket } {
  return (
    typeof message === 'object' && message !== null && 'socket' in message && message.socket instanceof Socket
  );
}
