/**
 * Makes every gRPC channel of a node a simulated one, whichever code creates it. etcd3 requests its token
 * through a client without the options of the others, which would open a real socket. During a run, grpc-js's
 * own channels are therefore simulated ones of the calling node. Invariant: outside a run, and outside every
 * node, grpc-js makes its own.
 */
import type { ChannelInterface, ChannelOptions } from '@grpc/grpc-js';
import channelModule from '@grpc/grpc-js/build/src/channel.js';
import { fill, slot } from '../engine/ambient/slot.js';
import { currentNode, type VirtualNode } from '../engine/node.js';

/** Makes a channel from a node to an address such as `m1:2379`, with its client's options. */
export type MakeChannel = (address: string, options: ChannelOptions) => ChannelInterface;

const makers = new WeakMap<VirtualNode, MakeChannel>();

/** From now on `make` creates the channels of the node. */
export function giveChannels(node: VirtualNode, make: MakeChannel): void {
  makers.set(node, make);
}

const { ChannelImplementation } = channelModule;

/** The constructor with which grpc-js creates channels. */
export const channelSlot = slot(
  channelModule,
  'ChannelImplementation',
  new Proxy(ChannelImplementation, {
    construct(native, parameters: ConstructorParameters<typeof ChannelImplementation>, caller) {
      const node = currentNode();
      if (node === undefined) return Reflect.construct(native, parameters, caller) as object;
      const [address, , options] = parameters;
      const make = makers.get(node);
      if (make !== undefined) return make(address, options);
      const error = new Error(`${node.name} opened a channel to ${address}, but has no simulated network`);
      node.engine.reportNodeError(node, error);
      throw error;
    },
  }),
);

/**
 * From now on grpc-js calls `make` for every channel that no client option creates; returns how to restore
 * it.
 *
 * @param make returns undefined if grpc-js should create its own, as `native` does
 */
export function replaceEveryChannel(
  make: (
    address: string,
    options: ChannelOptions,
    native: () => ChannelInterface,
  ) => ChannelInterface | undefined,
): () => void {
  const restore = fill(
    slot(
      channelModule,
      'ChannelImplementation',
      new Proxy(channelModule.ChannelImplementation, {
        construct(target, parameters: ConstructorParameters<typeof ChannelImplementation>, caller) {
          const native = () => Reflect.construct(target, parameters, caller) as ChannelInterface;
          const [address, , options] = parameters;
          return make(address, options, native) ?? native();
        },
      }),
    ),
  );
  return () => restore?.();
}
