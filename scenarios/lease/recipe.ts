/** Our own sessions, adapted to the scenario. */
import { Session } from '../../src/index.js';
import { clientWithoutResends } from '../specimens/client-without-resends.js';
import { TTL_SECONDS, type OpenLeases } from './handle.js';

export const openSessions: OpenLeases = (context) => {
  const { client, prefix } = context;
  const place = client.namespace(prefix);
  // A put that the client resends silently can be refused although the first attempt was applied.
  const writer = clientWithoutResends(context);
  return {
    async grant() {
      const session = await Session.open(place, { ttlSeconds: TTL_SECONDS });
      return {
        id: session.leaseId,
        get lost() {
          return session.signal;
        },
        get tellings() {
          return session.alive ? 0 : 1;
        },
        async put(key, value, deadline) {
          const put = writer.namespace(prefix).put(key).value(value);
          const { header } = await put.lease(session.leaseId).options({ deadline });
          return { revision: Number(header.revision) };
        },
        close: () => session.close(),
      };
    },
    end: () => writer.close(),
  };
};
