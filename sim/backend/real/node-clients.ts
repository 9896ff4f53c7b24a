/**
 * The clients of a run's nodes on a real etcd, intercepted like those of a simulated one. Channels that a
 * node's code creates itself are covered, too. Invariant: on an etcd that someone else runs, no request is
 * sent that would change data outside the run's prefix.
 */
import type { ChannelCredentials, ChannelInterface, ChannelOptions } from '@grpc/grpc-js';
import channelModule from '@grpc/grpc-js/build/src/channel.js';
import type { CallStatus } from '../../etcd/call-status.js';
import { both, interceptCalls, type CallInterceptor } from '../../network/intercept-calls.js';
import { replaceEveryChannel } from '../../network/every-channel.js';
import { OBSERVER } from '../../scenario/expect-nodes.js';
import type { Audit } from '../audit.js';
import type { Effects } from '../effects.js';
import { currentWork } from './nodes.js';

export interface NodeClientsOptions {
  readonly audit: Audit;
  readonly effects: Effects;
  /** The node of the run whose code is running. */
  readonly currentNode: () => string | undefined;
  /** Every URL at which the run's etcd is reached. */
  readonly hosts: readonly string[];
  /** Watches a call of a node to an address; watches none by default. */
  readonly watch?:
    ((node: string, method: string, address: string) => CallInterceptor | undefined) | undefined;
  /** Refuses what a call would send; refuses nothing by default. */
  readonly guard?: ((method: string, bytes: Uint8Array) => CallStatus | undefined) | undefined;
}

type ChannelFactory = (
  address: string,
  credentials: ChannelCredentials,
  options: ChannelOptions,
) => ChannelInterface;

export class NodeClients {
  readonly #options: NodeClientsOptions;
  readonly #addresses: ReadonlySet<string>;
  readonly #restore: () => void;

  constructor(options: NodeClientsOptions) {
    this.#options = options;
    this.#addresses = new Set(options.hosts.map(addressOf));
    this.#restore = replaceEveryChannel((address, _options, native) => {
      const node = options.currentNode();
      return node === undefined ? undefined : this.#observed(native(), node, address);
    });
  }

  /** The channel options that mark a client as the owner's. */
  channelOptions(owner: string): ChannelOptions {
    // grpc-js knows `channelFactoryOverride` as a client option; etcd3 hands its grpcOptions to every client.
    const options: { channelFactoryOverride: ChannelFactory } = {
      channelFactoryOverride: (address, credentials, given) =>
        this.#observed(new NativeChannel(address, credentials, given), owner, address),
    };
    return options;
  }

  /** Channels are grpc-js's own again. */
  close(): void {
    this.#restore();
  }

  #observed(channel: ChannelInterface, owner: string, target: string): ChannelInterface {
    const address = addressOf(target);
    const isMember = this.#addresses.has(address);
    return interceptCalls(channel, (method) => {
      const node = this.#options.currentNode() ?? owner;
      // A channel to a server that is no etcd, and none of the run's, is allowed.
      const matters = isMember || method.startsWith('/etcdserverpb.');
      this.#options.audit.calls({
        ...{ node, owner, isOwn: node === owner, method, address },
        isOurs: isMember || !matters,
      });
      return this.#intercept(node, method, address);
    });
  }

  #intercept(node: string, method: string, address: string): CallInterceptor | undefined {
    const { guard, effects, audit, watch } = this.#options;
    const interceptor = both(effects.intercept(node, method, currentWork()), watch?.(node, method, address));
    if (guard === undefined) return interceptor;
    const guarded: CallInterceptor = {
      sent(bytes) {
        const refusal = guard(method, bytes);
        if (refusal !== undefined) audit.refuses(node === OBSERVER ? 'setup' : node, refusal.details);
        return refusal;
      },
    };
    return both(guarded, interceptor);
  }
}

const { ChannelImplementation: NativeChannel } = channelModule;

/** The address in `http://localhost:2379`, and in grpc-js's form of it, `127.0.0.1:2379`. */
export function addressOf(target: string): string {
  return target.replace(/^(dns|ipv4|https?):(\/\/)?\/?/, '').replace(/^localhost:/, '127.0.0.1:');
}
