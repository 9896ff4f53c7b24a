import { append, sleep } from './workshop.mjs';

/** Writes a name into the lock: a worker that is refused can see whether the lock is its own. */
export async function work({ client, lock, record, job }) {
  const take = async () => {
    await client.if(lock, 'Create', '==', 0).then(client.put(lock).value(job)).commit();
    return (await client.get(lock)) === job;
  };
  const letGo = async () => {
    await client.if(lock, 'Value', '==', job).then(client.delete().key(lock)).commit();
    return true;
  };
  await until(take);
  try {
    await append(client, record, job);
  } finally {
    await until(letGo);
  }
}

/** Tries until the answer is yes. An error is no answer: the request may have been applied. */
export async function until(attempt) {
  while (!(await attempt().catch(() => false))) await sleep(50);
}
