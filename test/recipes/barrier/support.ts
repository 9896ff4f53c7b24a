/** What the behaviours of both kinds of barriers share. */
import type { Namespace } from 'etcd3';

export interface Behaviour {
  readonly name: string;
  /** @param client whose keys nobody else uses */
  run(client: Namespace): Promise<void>;
}

/** How many requests etcd answers before a call that has not returned counts as one that waits. */
const ANSWERS = 40;

/** Whether a call still waits after etcd has answered so many other requests that it would have returned. */
export async function isWaiting(client: Namespace, call: Promise<unknown>): Promise<boolean> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  call.then(end, end);
  for (let answers = 0; answers < ANSWERS; answers++) await client.get('nothing').exec();
  return !ended;
}

export function keysUnder(client: Namespace, prefix: string): Promise<string[]> {
  return client.getAll().prefix(prefix).keys();
}
