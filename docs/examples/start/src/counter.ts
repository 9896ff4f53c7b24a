import type { Etcd3 } from 'etcd3';

/** Numbers that nobody gets twice. Replace it with your own code. */
export class Counter {
  constructor(private readonly client: Etcd3) {}

  /** The next number, from 1 on. */
  async next(): Promise<number> {
    for (;;) {
      const [entry] = (await this.client.get('counter').exec()).kvs;
      const number = Number(entry?.value ?? 0) + 1;
      // Writes only if nobody has written since.
      const { succeeded } = await this.client
        .if('counter', 'Mod', '==', entry?.mod_revision ?? 0)
        .then(this.client.put('counter').value(number))
        .commit();
      if (succeeded) return number;
    }
  }
}
