/**
 * Proxies between the members of a real cluster, to cut them off from one another. Each member is reached by
 * the others through a proxy of its own; the caller identifies itself in the first request of a connection.
 * Invariant: between two members that are cut no connection stays and none can be made.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Passage {
  /** The id of the calling member, in hexadecimal; empty until it has sent it. */
  from: string;
  readonly to: string;
  readonly sockets: readonly Socket[];
}

export class PeerProxies {
  readonly #servers: Server[] = [];
  readonly #passages = new Set<Passage>();
  /** Members' ids in hexadecimal, once they are known. */
  readonly #names = new Map<string, string>();
  readonly #cuts = new Set<string>();

  /** A proxy in front of the member that listens to its peers at `url`; resolves with the proxy's URL. */
  async before(name: string, url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const server = createServer((caller) => this.#accept(caller, name, hostname, Number(port)));
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Registers which member has which id. */
  identify(name: string, id: bigint): void {
    this.#names.set(id.toString(16), name);
  }

  cut(left: string, right: string): void {
    this.#cuts.add(pairOf(left, right));
    for (const passage of this.#passages) if (this.#isCut(passage)) destroy(passage);
  }

  mend(left: string, right: string): void {
    this.#cuts.delete(pairOf(left, right));
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const passage of this.#passages) destroy(passage);
  }

  #accept(caller: Socket, name: string, host: string, port: number): void {
    const callee = connect({ host, port });
    const passage: Passage = { from: '', to: name, sockets: [caller, callee] };
    this.#passages.add(passage);
    for (const socket of passage.sockets) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#passages.delete(passage);
        destroy(passage);
      });
    }
    caller.once('data', (head) => {
      passage.from = /^x-server-from: *([0-9a-f]+)/im.exec(head.toString('latin1'))?.[1] ?? '';
      if (this.#isCut(passage)) {
        destroy(passage);
        return;
      }
      callee.write(head);
      caller.pipe(callee);
    });
    callee.pipe(caller);
  }

  #isCut({ from, to }: Passage): boolean {
    const caller = this.#names.get(from);
    // An unidentified caller may be any member: while the callee is cut off from any other, the caller has to
    // connect again.
    if (caller === undefined) return [...this.#cuts].some((pair) => pair.split(' ').includes(to));
    return this.#cuts.has(pairOf(caller, to));
  }
}

function pairOf(left: string, right: string): string {
  return [left, right].sort().join(' ');
}

function destroy({ sockets }: Passage): void {
  for (const socket of sockets) socket.destroy();
}
