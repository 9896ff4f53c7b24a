import type { Etcd3 } from 'etcd3';

/** Runs a job once a minute, on one of several machines: whichever looks first. */
export class Cron {
  readonly #client: Etcd3;
  readonly #job: (minute: number) => Promise<void>;

  constructor(client: Etcd3, job: (minute: number) => Promise<void>) {
    this.#client = client;
    this.#job = job;
  }

  /** Call it as often as you like. */
  async tick(): Promise<void> {
    const minute = Math.floor(Date.now() / 60_000);
    const last = await this.#client.get('cron/last').number();
    if (last !== null && last >= minute) return;
    await this.#job(minute);
    // Only now do the others see that it is done. Some of them have begun it, too.
    await this.#client.put('cron/last').value(minute);
  }
}
