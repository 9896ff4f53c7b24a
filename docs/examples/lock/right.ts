import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3, Lease } from 'etcd3';

/**
 * Guards a record. A lease may expire, or be revoked, while its holder stands still or is cut off, and no clock can
 * change that. So every write is a transaction that compares the lock: etcd decides whether its writer holds it.
 */
export class Lock {
  readonly #client: Etcd3;
  #lease: Lease | undefined;
  #token = 0;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  /** Waits for the lock; resolves to its fencing token, which grows with every holder. */
  async acquire(): Promise<number> {
    for (;;) {
      // A lease may be lost while its owner waits: then the next try has a new one.
      const lease = this.#lease?.revoked() === false ? this.#lease : this.#client.lease(5);
      this.#lease = lease;
      try {
        const leaseId = await lease.grant();
        const { succeeded, header, responses } = await this.#client
          .if('lock', 'Create', '==', 0)
          .then(this.#client.put('lock').value('taken').lease(leaseId))
          .else(this.#client.get('lock'))
          .commit();
        // A refusal may answer a copy of our own request, whose reply was lost: the lease tells whose key it is.
        const [held] = responses[0]?.response_range?.kvs ?? [];
        if (succeeded) return (this.#token = Number(header.revision));
        if (held?.lease === leaseId) return (this.#token = Number(held.create_revision));
      } catch (error) {
        lease.release(); // or else it is renewed for ever, and so is a lock that nobody knows of
        throw error;
      }
      await sleep(200);
    }
  }

  /** Writes, or resolves to false if the lock is no longer ours. */
  async write(record: string, value: string): Promise<boolean> {
    const { succeeded } = await this.#client
      .if('lock', 'Create', '==', this.#token)
      .then(this.#client.put(record).value(value))
      .commit();
    return succeeded;
  }

  async release(): Promise<void> {
    this.#token = 0;
    await this.#lease?.revoke();
  }
}
