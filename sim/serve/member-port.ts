/**
 * The port of one member. Invariant: while the member runs, it listens at one fixed port; while it is
 * stopped, that port refuses. While it is paused, connections are accepted and not answered, as with a real
 * process.
 */
import type { Socket } from 'node:net';
import { formatAddress, type ListenAddress } from './address.js';
import { GrpcServer, type GrpcServerOptions } from './grpc-server.js';
import { startListening, type Listener } from './listener.js';

export interface MemberPortOptions extends GrpcServerOptions {
  /** It begins to listen, for a new process of the member. */
  onOpened?(): void;
}

export class MemberPort {
  readonly #options: MemberPortOptions;
  readonly #server: GrpcServer;
  readonly #scheme: string;
  #address: ListenAddress;
  #listener: Listener | undefined;
  /** Connections that arrived while the member is paused. */
  #waiting: Socket[] | undefined;

  /** @param address its port 0 becomes the first free one */
  constructor(address: ListenAddress, options: MemberPortOptions) {
    this.#options = options;
    this.#server = new GrpcServer(options);
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    this.#address = address;
  }

  /** Such as `http://127.0.0.1:2379`, once it has been opened. */
  get url(): string {
    return `${this.#scheme}://${formatAddress(this.#address)}`;
  }

  /** Rejects with an EnvironmentError if it cannot listen. */
  async open(): Promise<void> {
    if (this.#listener !== undefined) return;
    this.#options.onOpened?.();
    this.#listener = await startListening(this.#address, (socket) => {
      if (this.#waiting === undefined) this.#server.accept(socket);
      else this.#waiting.push(socket);
    });
    this.#address = { ...this.#address, port: this.#listener.port };
  }

  pause(): void {
    this.#waiting ??= [];
  }

  resume(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const socket of waiting) this.#server.accept(socket);
  }

  /** Ends every connection; resolves once the port refuses. */
  async close(): Promise<void> {
    this.#waiting = undefined;
    this.#server.close();
    const listener = this.#listener;
    this.#listener = undefined;
    await listener?.close();
  }
}
