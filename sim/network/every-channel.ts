/**
 * Every gRPC channel of a node, whoever makes it: etcd3 asks for its token through a client that is not given the
 * options of the others, and would reach for a real socket. For the length of a run the channel that grpc-js makes
 * by itself is therefore the simulated one of the node that asks. Invariant: outside a run, and outside every node,
 * grpc-js makes its own.
 */
import type { ChannelInterface, ChannelOptions } from '@grpc/grpc-js';
import channelModule from '@grpc/grpc-js/build/src/channel.js';
import { fill, slot } from '../engine/ambient/slot.js';
import { currentNode, type VirtualNode } from '../engine/node.js';

/** Makes a channel from a node to an address such as `m1:2379`, with what its client asks for. */
export type MakeChannel = (address: string, options: ChannelOptions) => ChannelInterface;

const makers = new WeakMap<VirtualNode, MakeChannel>();

/** From now on `make` makes the channels of the node. */
export function giveChannels(node: VirtualNode, make: MakeChannel): void {
  makers.set(node, make);
}

const { ChannelImplementation } = channelModule;

/** What grpc-js makes channels with. */
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
 * From now on grpc-js asks for every channel that no client option makes; returns how to put it back.
 *
 * @param make gives nothing where grpc-js is to make its own, as `native` does
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
