import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3 } from 'etcd3';

/** A watch may die without a word. So everything is read again after this time. */
const RELOAD_MS = 10_000;

/** Keeps a copy of the configuration: reads it, watches from the next revision, and reads again when the watch breaks. */
export class ConfigCache {
  readonly #client: Etcd3;
  #values = new Map<string, string>();
  #isStopped = false;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** Resolves when the copy is there. It is kept up to date until {@link stop}. */
  start(): Promise<void> {
    return new Promise((resolve) => void this.#keep(resolve));
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #keep(loaded: () => void): Promise<void> {
    while (!this.#isStopped) {
      try {
        const revision = await this.#load();
        loaded();
        await this.#watch(revision + 1);
      } catch {
        await sleep(500); // etcd is out of reach, or the revision is compacted already
      }
    }
  }

  async #load(): Promise<number> {
    const { header, kvs } = await this.#client.getAll().prefix('config/').exec();
    this.#values = new Map(kvs.map(({ key, value }) => [key.toString(), value.toString()]));
    return Number(header.revision);
  }

  /** Resolves when the watch is over. */
  async #watch(from: number): Promise<void> {
    // A late event of this watch must not reach what a later one has loaded.
    const values = this.#values;
    const creation = this.#client.watch().prefix('config/').startRevision(String(from)).create();
    const watcher = await Promise.race([creation, sleep(RELOAD_MS, undefined)]);
    if (watcher === undefined) return;
    watcher.on('put', ({ key, value }) => values.set(key.toString(), value.toString()));
    watcher.on('delete', ({ key }) => values.delete(key.toString()));
    await Promise.race([
      // etcd3 resumes a watch by itself, but not always where it broke off.
      new Promise((resolve) => watcher.once('disconnected', resolve)),
      new Promise((resolve) => watcher.on('error', resolve)),
      sleep(RELOAD_MS),
    ]);
    watcher.cancel().catch(() => undefined);
  }
}
