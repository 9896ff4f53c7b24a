import { append, sleep } from './workshop.mjs';

/** Looks whether the lock is free, and takes it if it is. */
export async function work({ client, lock, record, job }) {
  while ((await client.get(lock)) !== null) await sleep(50);
  await client.put(lock).value(job);
  try {
    await append(client, record, job);
  } finally {
    await client.delete().key(lock);
  }
}
