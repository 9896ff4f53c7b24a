/** Our own barrier, adapted to the scenario. */
import { Barrier } from '../../src/index.js';
import type { OpenBarriers } from './handle.js';

export const openBarriers: OpenBarriers = ({ client, prefix }) => ({
  open(name) {
    const barrier = new Barrier(client.namespace(prefix), name);
    return {
      hold: () => barrier.hold(),
      release: () => barrier.release(),
      async wait(signal) {
        await barrier.wait({ signal });
      },
      close: () => barrier.close(),
    };
  },
  end: () => undefined,
});
