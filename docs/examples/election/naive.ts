import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3 } from 'etcd3';

/** Elects one of several processes. The leader's key is under a lease, so that another can lead when it dies. */
export class Election {
  readonly #client: Etcd3;
  readonly #name: string;

  constructor(client: Etcd3, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Waits until this process leads; resolves to its leadership. */
  async campaign(): Promise<Leadership> {
    const lease = this.#client.lease(5);
    for (;;) {
      const { succeeded } = await this.#client
        .if('leader', 'Create', '==', 0)
        .then(this.#client.put('leader').value(this.#name).lease(lease.grant()))
        .commit();
      // It leads until it resigns. Nobody tells it if its lease has expired.
      if (succeeded) return { isLeading: () => true, resign: () => lease.revoke() };
      await sleep(200);
    }
  }
}

export interface Leadership {
  isLeading(): boolean;
  resign(): Promise<void>;
}
