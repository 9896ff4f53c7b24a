import { randomUUID } from 'node:crypto';
import type { Etcd3 } from 'etcd3';

/** Runs a job once a minute, on one of several machines: the one whose claim etcd accepts. */
export class Cron {
  readonly #client: Etcd3;
  readonly #job: (minute: number) => Promise<void>;
  readonly #id = randomUUID();
  /** Minutes that need no look at etcd: this machine has run them, or knows that another does. */
  readonly #settled = new Set<number>();

  constructor(client: Etcd3, job: (minute: number) => Promise<void>) {
    this.#client = client;
    this.#job = job;
  }

  /** Call it as often as you like. A job runs at most once: not at all if its machine dies after the claim. */
  async tick(): Promise<void> {
    const minute = Math.floor(Date.now() / 60_000);
    if (this.#settled.has(minute)) return;
    const claim = `cron/${minute}`;
    const { succeeded, responses } = await this.#client
      .if(claim, 'Create', '==', 0)
      .then(this.#client.put(claim).value(this.#id))
      .else(this.#client.get(claim))
      .commit();
    // Refused because of a copy of our own request, whose reply was lost: then it is ours all the same.
    const [claimed] = responses[0]?.response_range?.kvs ?? [];
    // Two calls of one machine may both find that it is theirs.
    if (this.#settled.has(minute)) return;
    this.#settled.add(minute);
    if (succeeded || claimed?.value.toString() === this.#id) await this.#job(minute);
  }
}
