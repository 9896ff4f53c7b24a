import type { Etcd3 } from 'etcd3';

/** A lock as many people write it first: look whether it is free, then take it. */
export class JobLock {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  async acquire(): Promise<void> {
    while ((await this.#client.get('lock').string()) !== null) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.#client.put('lock').value('taken');
  }

  async release(): Promise<void> {
    await this.#client.delete().key('lock');
  }
}
