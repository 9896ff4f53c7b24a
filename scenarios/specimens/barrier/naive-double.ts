/** Wrong on purpose: waits until enough members are there, and leaves without waiting for the others. */
import { Session } from '../../../src/index.js';
import { SESSION_TTL_SECONDS, type OpenDoubleBarriers } from '../../double-barrier/handle.js';
import { pause } from '../../timing.js';

const LOOK_EVERY_MS = 5;

export const openNaiveDoubleBarriers: OpenDoubleBarriers = ({ client, prefix, node }) => {
  const place = client.namespace(prefix);
  return {
    async openSession() {
      const session = await Session.open(place, { ttlSeconds: SESSION_TTL_SECONDS });
      return {
        get alive() {
          return session.alive;
        },
        open: (name, count) => ({
          async enter(signal) {
            await place.put(`${name}/waiters/${node}`).value('').lease(session.leaseId);
            for (;;) {
              signal.throwIfAborted();
              const keys = await place.getAll().prefix(`${name}/waiters/`).keys();
              if (keys.length >= count) return;
              await pause(LOOK_EVERY_MS);
            }
          },
          async leave() {
            await place.delete().key(`${name}/waiters/${node}`);
          },
        }),
        close: () => session.close(),
      };
    },
    end: () => undefined,
  };
};
