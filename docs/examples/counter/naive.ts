import type { Etcd3 } from 'etcd3';

/** Counts page views: reads, adds one, and writes if nobody else has written meanwhile. */
export class Counter {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  async add(): Promise<void> {
    for (;;) {
      const { kvs } = await this.#client.get('views').exec();
      const count = Number(kvs[0]?.value ?? 0);
      const { succeeded } = await this.#client
        .if('views', 'Mod', '==', kvs[0]?.mod_revision ?? 0)
        .then(this.#client.put('views').value(count + 1))
        .commit();
      // Refused: somebody else was quicker. Or was it our own request, resent by etcd3 because its reply was lost?
      if (succeeded) return;
    }
  }

  async read(): Promise<number> {
    return Number(await this.#client.get('views'));
  }
}
