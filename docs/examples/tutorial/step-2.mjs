import { append, sleep } from './workshop.mjs';

/** Looks and takes in one transaction: of two workers that try at once, one is refused. */
export async function work({ client, lock, record, job }) {
  const take = () => client.if(lock, 'Create', '==', 0).then(client.put(lock).value(job)).commit();
  while (!(await take()).succeeded) await sleep(50);
  try {
    await append(client, record, job);
  } finally {
    await client.delete().key(lock);
  }
}
