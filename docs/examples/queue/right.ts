import { randomUUID } from 'node:crypto';
import type { Etcd3 } from 'etcd3';

/**
 * A queue of jobs: a key for each, and the oldest goes first. Jobs move from `waiting/` to `taken/` and are not deleted:
 * `taken/` is the history that tells a resent request from a new one. A janitor may delete what is a day old.
 */
export class JobQueue {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  /** If it rejects, the job may be in the queue or not. Call it again with the same id to be sure. */
  async push(job: string, id: string = randomUUID()): Promise<void> {
    await this.#client
      .if(`waiting/${id}`, 'Create', '==', 0)
      .and(`taken/${id}`, 'Create', '==', 0) // a late copy does not bring back a job that is taken
      .then(this.#client.put(`waiting/${id}`).value(job))
      .commit();
    // Refused or not, the job is there: nobody else uses this id.
  }

  /** The oldest job, or null if there is none. */
  async pop(): Promise<string | null> {
    const claim = randomUUID();
    for (;;) {
      const { kvs } = await this.#client.getAll().prefix('waiting/').sort('Create', 'Ascend').limit(1).exec();
      const [oldest] = kvs;
      if (oldest === undefined) return null;
      const waiting = oldest.key.toString();
      const taken = waiting.replace('waiting/', 'taken/');
      const { succeeded, responses } = await this.#client
        .if(waiting, 'Mod', '==', oldest.mod_revision)
        .then(this.#client.delete().key(waiting), this.#client.put(taken).value(claim))
        .else(this.#client.get(taken))
        .commit();
      // A refusal may be the answer to a copy of a request that was applied: the claim tells whose job it is.
      const [holder] = responses[0]?.response_range?.kvs ?? [];
      if (succeeded || holder?.value.toString() === claim) return oldest.value.toString();
    }
  }
}
