/** Wrong on purpose: a lease that is renewed at intervals, and counts as lost only when etcd says so. */
import type { Namespace } from 'etcd3';
import { pause } from '../../timing.js';
import { TTL_SECONDS, type OpenLeases } from '../../lease/handle.js';

export const openNaiveLeases: OpenLeases = ({ client, prefix }) => {
  const place = client.namespace(prefix);
  return {
    async grant() {
      const { ID: id } = await place.leaseClient.leaseGrant({ TTL: TTL_SECONDS });
      const lost = new AbortController();
      const released = new AbortController();
      void renew(place, id, released.signal).then(() => {
        if (!released.signal.aborted) lost.abort();
      });
      return {
        id,
        lost: lost.signal,
        get tellings() {
          return lost.signal.aborted ? 1 : 0;
        },
        async put(key, value, deadline) {
          const reply = await place.put(key).value(value).lease(id).options({ deadline });
          return { revision: Number(reply.header.revision) };
        },
        async close() {
          released.abort();
          await place.leaseClient.leaseRevoke({ ID: id });
        },
        release: () => released.abort(),
      };
    },
    end: () => undefined,
  };
};

/** Until it is released, or etcd reports that the lease does not exist. */
async function renew(client: Namespace, id: string, released: AbortSignal): Promise<void> {
  while (!released.aborted) {
    const ttl = await renewOnce(client, id).catch(() => TTL_SECONDS);
    if (ttl <= 0) return;
    await pause((TTL_SECONDS * 1000) / 3);
  }
}

async function renewOnce(client: Namespace, id: string): Promise<number> {
  const stream = await client.leaseClient.leaseKeepAlive();
  return new Promise((resolve, reject) => {
    stream.on('data', ({ TTL }) => {
      resolve(Number(TTL));
      stream.end();
    });
    stream.on('error', reject);
    stream.on('end', () => reject(new Error('etcd ended the stream')));
    stream.write({ ID: id });
  });
}
