/**
 * Two worlds for one test: a client of grpc-js over the simulated network, and the same client over loopback
 * to a real server. In both the same member answers, connections can be cut, and the server can stop and
 * restart.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { Engine } from '../../sim/engine/engine.js';
import type { CallMetadata, CallSink, EtcdMember } from '../../sim/etcd/service.js';
import { Network } from '../../sim/network/network.js';
import { GrpcServer } from '../../sim/serve/grpc-server.js';
import { RealHost } from '../../sim/serve/real-host.js';
import { Containment } from '../../sim/serve/containment.js';
import { loudly } from '../serve/support/loudly.js';

/** A test's actions in either world. */
export interface ParityWorld {
  client(options?: grpc.ChannelOptions): grpc.Client;
  /** The server's address, as in error texts. */
  readonly address: string;
  /** The messages that the member has received so far. */
  readonly seen: readonly string[];
  /** Every connection breaks: the server resets it, or closes it. */
  cut(how: 'reset' | 'closed'): void;
  /** The server is gone with all its connections; connecting is refused. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export type Main<T> = (world: ParityWorld) => Promise<T>;

/** Answers each message with itself, with what it requests, or not at all; ends when the client has. */
function createMember(seen: string[]): EtcdMember {
  return {
    name: 'm1',
    open(_method, metadata, sink) {
      let isSilent = false;
      return {
        message(bytes) {
          const text = Buffer.from(bytes).toString();
          seen.push(text);
          if (text === 'silent') isSilent = true;
          else answer(text, metadata, sink);
        },
        halfClose() {
          if (!isSilent) sink.status({ code: 0, details: 'OK' });
        },
        cancel: () => void seen.push('cancel'),
      };
    },
  };
}

function answer(text: string, metadata: CallMetadata, sink: CallSink): void {
  const [word = '', count = ''] = text.split(' ');
  if (word === 'bytes') sink.message(Buffer.alloc(Number(count)));
  else if (word === 'token') sink.message(Buffer.from(metadata.get('token') ?? 'none'));
  else if (word === 'fail') sink.status({ code: 9, details: 'etcdserver: not today' });
  else sink.message(Buffer.from(text));
}

export async function simulate<T>(main: Main<T>): Promise<T> {
  const seen: string[] = [];
  const engine = new Engine({ seed: 'parity', budget: { maxEvents: 100_000, maxVirtualTimeMs: 600_000 } });
  let isRunning = true;
  const cluster = { members: [createMember(seen)], isRunning: () => isRunning };
  const network = new Network(engine, cluster, { oneWayDelayMinUs: 100, oneWayDelayMaxUs: 100 });
  const node = engine.node('n1');
  network.join(node);
  const end = await engine.run(node, () =>
    main({
      address: 'm1:2379',
      seen,
      client: (options = {}) =>
        new grpc.Client('m1:2379', grpc.credentials.createInsecure(), {
          ...options,
          ...network.grpcOptions(node),
        }),
      cut: (how) => void network.link('n1', 'm1').connection.reset(how),
      stop() {
        isRunning = false;
        network.resetMember('m1');
        return Promise.resolve();
      },
      start() {
        isRunning = true;
        return Promise.resolve();
      },
    }),
  );
  if (end.kind === 'completed') return end.value;
  throw end.kind === 'failed' ? end.error : new Error(`the run ended ${JSON.stringify(end)}`);
}

export async function onLoopback<T>(main: Main<T>): Promise<T> {
  const seen: string[] = [];
  const host = new RealHost();
  const server = new GrpcServer({
    member: createMember(seen),
    host,
    containment: new Containment(loudly),
    pages: (_request, response) => void response.end(),
  });
  const sockets = new Set<Socket>();
  const clients: grpc.Client[] = [];
  let listener: Server | undefined;
  let port = 0;
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      listener = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => undefined);
        server.accept(socket);
      });
      listener.once('error', reject);
      listener.listen(port, '127.0.0.1', () => {
        port = (listener?.address() as AddressInfo).port;
        resolve();
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      listener?.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await start();
  try {
    return await main({
      address: `127.0.0.1:${port}`,
      seen,
      client(options = {}) {
        const given = { 'grpc.enable_http_proxy': 0, ...options };
        const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), given);
        clients.push(client);
        return client;
      },
      cut(how) {
        for (const socket of sockets) {
          if (how === 'reset') socket.resetAndDestroy();
          else socket.destroy();
        }
      },
      start,
      stop,
    });
  } finally {
    for (const client of clients) client.close();
    server.close();
    await stop();
    host.close();
  }
}
