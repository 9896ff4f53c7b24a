import type { Etcd3 } from 'etcd3';

export interface Order {
  /** Names this order, however often it is sent: an order is carried out once. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Moves money between accounts. A transaction compares everything that it was computed from, and writes a receipt. */
export class Bank {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  /** If it rejects with an error of etcd, the order may be carried out or not: give it again to be sure. */
  async transfer({ id, from, to, amount }: Order): Promise<void> {
    if (from === to) throw new RangeError(`expected two accounts, got ${from} twice`);
    const receipt = `receipts/${id}`;
    for (;;) {
      // In this order: an order without a receipt has not yet changed the balances that are read after it.
      if ((await this.#client.get(receipt)) !== null) return;
      const [payer, payee] = await Promise.all([this.#account(from), this.#account(to)]);
      if (payer.balance < amount) throw new RangeError(`${from} has ${payer.balance}, not ${amount}`);
      const { succeeded } = await this.#client
        .if(`accounts/${from}`, 'Mod', '==', payer.revision)
        .and(`accounts/${to}`, 'Mod', '==', payee.revision)
        .and(receipt, 'Create', '==', 0)
        .then(
          this.#client.put(`accounts/${from}`).value(payer.balance - amount),
          this.#client.put(`accounts/${to}`).value(payee.balance + amount),
          this.#client.put(receipt).value(amount),
        )
        .commit();
      // A refusal may be the answer to a copy of a request that was applied: the receipt tells.
      if (succeeded) return;
    }
  }

  async #account(name: string) {
    const { kvs } = await this.#client.get(`accounts/${name}`).exec();
    return { balance: Number(kvs[0]?.value ?? 0), revision: kvs[0]?.mod_revision ?? 0 };
  }
}
