import type { Etcd3, Namespace } from 'etcd3';

/** Where the instances of a service are found. An instance that dies drops out when its lease expires. */
export class Registry {
  readonly #instances: Namespace;

  constructor(client: Etcd3) {
    this.#instances = client.namespace('instances/');
  }

  async register(instance: string, address: string): Promise<void> {
    // etcd3 renews the lease for as long as it can. But once the lease is lost, nothing brings the key back.
    await this.#instances.lease(10).put(instance).value(address);
  }

  /** Addresses by the names of their instances. */
  find(): Promise<Record<string, string>> {
    return this.#instances.getAll().strings();
  }
}
