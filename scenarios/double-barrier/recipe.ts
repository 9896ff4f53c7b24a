/** Our own double barrier, adapted to the scenario. */
import { DoubleBarrier, Session } from '../../src/index.js';
import { SESSION_TTL_SECONDS, type OpenDoubleBarriers } from './handle.js';

export const openDoubleBarriers: OpenDoubleBarriers = ({ client, prefix }) => ({
  async openSession() {
    const session = await Session.open(client.namespace(prefix), { ttlSeconds: SESSION_TTL_SECONDS });
    return {
      get alive() {
        return session.alive;
      },
      open(name, count) {
        const barrier = new DoubleBarrier(session, name, count);
        return {
          async enter(signal) {
            await barrier.enter({ signal });
          },
          leave: () => barrier.leave(),
        };
      },
      close: () => session.close(),
    };
  },
  end: () => undefined,
});
