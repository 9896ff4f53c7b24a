import { randomUUID } from 'node:crypto';
import type { Etcd3 } from 'etcd3';

/** Counts page views. Each view leaves a mark in the transaction that counts it, so a refusal can be understood. */
export class Counter {
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  /** If it rejects, the view may be counted or not. Call it again with the same id to be sure: it counts once. */
  async add(id: string = randomUUID()): Promise<void> {
    const mark = `view-marks/${id}`;
    for (;;) {
      const { kvs } = await this.#client.get('views').exec();
      const count = Number(kvs[0]?.value ?? 0);
      const { succeeded, responses } = await this.#client
        .if('views', 'Mod', '==', kvs[0]?.mod_revision ?? 0)
        .and(mark, 'Create', '==', 0)
        .then(this.#client.put('views').value(count + 1), this.#client.put(mark).value(''))
        .else(this.#client.get(mark))
        .commit();
      if (succeeded || responses[0]?.response_range.kvs.length === 1) break;
    }
    // The count has moved on, so no late copy of the transaction can be applied any more. If this fails, a mark stays.
    await this.#client
      .delete()
      .key(mark)
      .exec()
      .catch(() => undefined);
  }

  async read(): Promise<number> {
    return Number(await this.#client.get('views'));
  }
}
