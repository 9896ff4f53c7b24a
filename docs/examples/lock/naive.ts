import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3, Lease } from 'etcd3';

/** Guards a record. The lock is a key under a lease, so that it is free again when its holder dies. */
export class Lock {
  readonly #client: Etcd3;
  #lease: Lease | undefined;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  /** Waits for the lock; resolves to a number that grows with every holder. */
  async acquire(): Promise<number> {
    this.#lease = this.#client.lease(5);
    for (;;) {
      const { succeeded, header } = await this.#client
        .if('lock', 'Create', '==', 0)
        .then(this.#client.put('lock').value('taken').lease(this.#lease.grant()))
        .commit();
      if (succeeded) return Number(header.revision);
      await sleep(200);
    }
  }

  /** Only the holder writes. But does it know when its lease has expired? */
  async write(record: string, value: string): Promise<boolean> {
    await this.#client.put(record).value(value);
    return true;
  }

  async release(): Promise<void> {
    await this.#lease?.revoke();
  }
}
