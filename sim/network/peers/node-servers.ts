/**
 * The gRPC servers of a run's nodes: `new grpc.Server()` in a node listens on the simulated network, under the name of its
 * node. Invariant: a server's code runs as code of the process that bound it, and ends with it.
 */
import { Metadata, type Server } from '@grpc/grpc-js';
import type { Handler } from '@grpc/grpc-js/build/src/server-call.js';
import type {
  ServerInterceptingCallInterface,
  ServerInterceptor,
} from '@grpc/grpc-js/build/src/server-interceptors.js';
import type { VirtualNode } from '../../engine/node.js';
import { CODE } from '../../etcd/errors.js';
import type { CallMetadata, EtcdMember, ServerCall } from '../../etcd/service.js';
import { metadataOf } from '../text-metadata.js';
import type { PeerSink } from './headers.js';
import { ServedCall, unimplemented } from './served-call.js';

/** The parts of grpc-js's server that have no public name. */
export interface InnerServer {
  readonly handlers: ReadonlyMap<string, Handler<unknown, unknown>>;
  readonly interceptors: readonly ServerInterceptor[];
  _runHandlerForCall(call: ServerInterceptingCallInterface, handler: Handler<unknown, unknown>): boolean;
}

interface Listening {
  readonly server: Server;
  /** The process that listens. */
  readonly node: VirtualNode;
  /** Calls that have not ended. */
  readonly calls: Set<ServedCall>;
}

/** The first port that a server gets when it asks for any, as of Linux. */
const EPHEMERAL_PORT_MIN = 32_768;

export class NodeServers {
  readonly #nodes = new Map<string, Map<number, Listening>>();
  readonly #names = new Set<string>();
  readonly #onShutdown = new Map<Server, (() => void)[]>();

  /** Listens on the port, or on a free one for port 0. @returns the port; undefined where it is in use */
  listen(node: VirtualNode, server: Server, port: number): number | undefined {
    let ports = this.#nodes.get(node.name);
    if (ports === undefined) {
      ports = new Map<number, Listening>();
      this.#nodes.set(node.name, ports);
    }
    let free = port === 0 ? EPHEMERAL_PORT_MIN : port;
    while (port === 0 && ports.has(free)) free++;
    const before = ports.get(free);
    if (before !== undefined) return before.server === server ? free : undefined;
    this.#names.add(node.name);
    ports.set(free, { server, node, calls: new Set() });
    return free;
  }

  /** Of the nodes in which a server has listened, in the order of their first. */
  get names(): readonly string[] {
    return [...this.#names];
  }

  /** Whether a process of the node listens on any port. */
  isListening(node: string): boolean {
    return (this.#nodes.get(node)?.size ?? 0) > 0;
  }

  has(node: string, port: number): boolean {
    return this.#nodes.get(node)?.has(port) === true;
  }

  /** The server takes no more calls. @param done told when the last of those that it has is over */
  close(server: Server, done?: () => void): void {
    const calls = new Set<ServedCall>();
    for (const ports of this.#nodes.values()) {
      for (const [port, listening] of ports) {
        if (listening.server !== server) continue;
        ports.delete(port);
        for (const call of listening.calls) calls.add(call);
      }
    }
    if (done === undefined) {
      for (const call of calls) call.cancel();
    } else if (calls.size === 0) {
      process.nextTick(done);
    } else {
      this.#onShutdown.set(server, [...(this.#onShutdown.get(server) ?? []), done]);
    }
  }

  /** The node's process has died, with its servers. */
  forget(node: string): void {
    this.#nodes.delete(node);
  }

  /** What a client of the caller finds at this address. */
  service(caller: VirtualNode, name: string, port: number): EtcdMember {
    const address = `${name}:${port}`;
    return {
      name,
      open: (method, metadata, sink, timeoutMs = Infinity) => {
        const listening = this.#nodes.get(name)?.get(port);
        if (listening === undefined) {
          sink.status({ code: CODE.unavailable, details: `Error: connect ECONNREFUSED ${address}` });
          return NOBODY;
        }
        return this.#serve(listening, { caller: caller.name, address, method, metadata, sink, timeoutMs });
      },
    };
  }

  /** All of it happens in the process that listens, once that gets to it. */
  #serve(listening: Listening, { caller, address, method, metadata, sink, timeoutMs }: Opening): ServerCall {
    const { node } = listening;
    const inner = listening.server as unknown as InnerServer;
    let call: ServedCall | undefined;
    const queue = (what: string, action: () => void): void => {
      node.engine.schedule(node.immediateLane, 0, `${node.name} ${what} ${method}`, action, node);
    };
    queue('serves', () => {
      const handler = inner.handlers.get(method);
      if (handler === undefined) {
        sink.status(unimplemented(method));
        return;
      }
      const served = new ServedCall({
        ...{ handler, sink, peer: caller, host: address },
        metadata: metadataOf(metadata) ?? new Metadata(),
        deadline: node.wallClockMs() + timeoutMs,
        onEnd: () => this.#onCallEnd(listening, served),
      });
      call = served;
      listening.calls.add(served);
      inner._runHandlerForCall(intercepted(served, handler, inner.interceptors), handler);
    });
    return {
      message: (bytes) => queue('receives', () => call?.message(bytes)),
      halfClose: () => queue('ends reading', () => call?.halfClose()),
      cancel: () => queue('cancels', () => call?.cancel()),
    };
  }

  #onCallEnd(listening: Listening, call: ServedCall): void {
    listening.calls.delete(call);
    if (listening.calls.size > 0) return;
    const waiting = this.#onShutdown.get(listening.server) ?? [];
    this.#onShutdown.delete(listening.server);
    for (const done of waiting) process.nextTick(done);
  }
}

interface Opening {
  readonly caller: string;
  readonly address: string;
  readonly method: string;
  readonly metadata: CallMetadata;
  readonly sink: PeerSink;
  readonly timeoutMs: number;
}

const NOBODY: ServerCall = { message: () => undefined, halfClose: () => undefined, cancel: () => undefined };

function intercepted(
  call: ServerInterceptingCallInterface,
  handler: Handler<unknown, unknown>,
  interceptors: readonly ServerInterceptor[],
): ServerInterceptingCallInterface {
  const { path, type, deserialize, serialize } = handler;
  const definition = {
    path,
    requestStream: type === 'clientStream' || type === 'bidi',
    responseStream: type === 'serverStream' || type === 'bidi',
    requestDeserialize: deserialize,
    responseSerialize: serialize,
  };
  return interceptors.reduce<ServerInterceptingCallInterface>(
    (inner, interceptor) => interceptor(definition, inner),
    call,
  );
}
