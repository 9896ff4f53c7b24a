/**
 * Shared by the faults on a link on the real backend: a toxic each way, or a black hole that ends with a cut.
 */
import type { LinkFault } from '../draw-window.js';
import type { ActiveRealFault, RealWorld, Toxic } from '../fault.js';

/** Adds the toxic in both directions until the fault ends. */
export async function addBothWays(
  { node, member }: LinkFault,
  world: RealWorld,
  toxic: Omit<Toxic, 'stream'>,
): Promise<ActiveRealFault> {
  const removals = [
    await world.addToxic(node, member, { ...toxic, stream: 'upstream' }),
    await world.addToxic(node, member, { ...toxic, stream: 'downstream' }),
  ];
  return {
    async end() {
      for (const remove of removals) await remove();
    },
  };
}

/** Nothing passes in these directions; at the end the connection is cut. */
export async function addBlackHoles(
  { node, member }: LinkFault,
  world: RealWorld,
  streams: readonly Toxic['stream'][],
): Promise<ActiveRealFault> {
  const removals: (() => Promise<void>)[] = [];
  for (const stream of streams) {
    removals.push(
      await world.addToxic(node, member, { type: 'timeout', stream, attributes: { timeout: 0 } }),
    );
  }
  return {
    async end() {
      for (const remove of removals) await remove();
      await world.resetConnections(node, member);
    },
  };
}
