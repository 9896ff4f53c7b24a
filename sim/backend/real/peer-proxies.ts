/**
 * What stands between the members of a real cluster, so that they can be cut off from one another. Each member is
 * reached by the others through a proxy of its own; who calls, an etcd says in the first request of a connection.
 * Invariant: between two members that are cut no connection stays and none comes about.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

interface Passage {
  /** Id of the member that called, in hexadecimal; empty while it has not said it. */
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

  /** A proxy before the member that listens to its peers at `url`; resolves with where to reach it. */
  async before(name: string, url: string): Promise<string> {
    const { hostname, port } = new URL(url);
    const server = createServer((caller) => this.#accept(caller, name, hostname, Number(port)));
    this.#servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Tells whose id is whose. */
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
    // Who has not said who it is may be anybody: while the callee is cut off from anyone it has to call again.
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
