import { until } from './step-3.mjs';
import { sleep } from './workshop.mjs';

const TTL_SECONDS = 2;

/** Writes only while it holds the lock: etcd compares the lock's revision in the transaction that writes. */
export async function work({ client, lock, record, job }) {
  let lease;
  const attempt = async () => {
    if (lease === undefined) {
      lease = client.lease(TTL_SECONDS);
      lease.once('lost', () => (lease = undefined));
    }
    const put = client
      .put(lock)
      .value(job)
      .lease(await lease.grant());
    await client.if(lock, 'Create', '==', 0).then(put).commit();
    const { kvs } = await client.get(lock).exec();
    if (kvs[0]?.value.toString() !== job) return false;
    return appendUnder({ client, lock, token: kvs[0].create_revision, record, job });
  };
  try {
    await until(attempt);
  } finally {
    await lease?.revoke().catch(() => undefined); // it expires by itself
  }
}

/** True once the job is in the record; false where the lock was lost on the way. */
async function appendUnder({ client, lock, token, record, job }) {
  const jobs = await client.get(record).json();
  if (jobs.includes(job)) return true;
  await sleep(20);
  const write = client.put(record).value(JSON.stringify([...jobs, job]));
  const { succeeded } = await client.if(lock, 'Create', '==', token).then(write).commit();
  return succeeded;
}
