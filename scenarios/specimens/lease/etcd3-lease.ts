/** `lease()` of etcd3, unmodified: it keeps itself alive, and emits an event when it is lost. */
import { TTL_SECONDS, type OpenLeases } from '../../lease/handle.js';

export const openEtcd3Leases: OpenLeases = ({ client, prefix }) => ({
  async grant() {
    const lease = client.namespace(prefix).lease(TTL_SECONDS);
    const lost = new AbortController();
    let tellings = 0;
    lease.on('lost', (error) => {
      tellings += 1;
      lost.abort(error);
    });
    const id = await lease.grant();
    return {
      id,
      lost: lost.signal,
      get tellings() {
        return tellings;
      },
      async put(key, value, deadline) {
        const reply = await lease.put(key).value(value).options({ deadline });
        return { revision: Number(reply.header.revision) };
      },
      close: () => lease.revoke(),
      release: () => lease.release(),
    };
  },
  end: () => undefined,
});
