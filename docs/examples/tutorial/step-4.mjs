import { until } from './step-3.mjs';
import { append } from './workshop.mjs';

const TTL_SECONDS = 2;

/** Holds the lock under a lease: when the worker dies, etcd deletes the lock. */
export async function work({ client, lock, record, job }) {
  let lease;
  const take = async () => {
    if (lease === undefined) {
      lease = client.lease(TTL_SECONDS);
      lease.once('lost', () => (lease = undefined));
    }
    const put = client
      .put(lock)
      .value(job)
      .lease(await lease.grant());
    await client.if(lock, 'Create', '==', 0).then(put).commit();
    return (await client.get(lock)) === job;
  };
  try {
    await until(take);
    await append(client, record, job);
  } finally {
    await lease?.revoke().catch(() => undefined); // it expires by itself
  }
}
