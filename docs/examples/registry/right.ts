import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3, Lease, Namespace } from 'etcd3';

const TTL_SECONDS = 10;

/** Where the instances of a service are found. An instance that lives comes back, however its key was lost. */
export class Registry {
  readonly #instances: Namespace;
  #isStopped = false;

  constructor(client: Etcd3) {
    this.#instances = client.namespace('instances/');
  }

  /** Resolves once the instance can be found. It stays so until {@link stop}, or until the process dies. */
  register(instance: string, address: string): Promise<void> {
    return new Promise((resolve) => void this.#keep(instance, address, resolve));
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Addresses by the names of their instances. */
  find(): Promise<Record<string, string>> {
    return this.#instances.getAll().strings();
  }

  /** Looks whether the key is there: etcd3 tells late that a lease is lost, and a key may go without its lease. */
  async #keep(instance: string, address: string, registered: () => void): Promise<void> {
    let lease: Lease | undefined;
    while (!this.#isStopped) {
      try {
        const { kvs } = await this.#instances.get(instance).exec();
        if (lease === undefined || kvs[0]?.lease !== (await lease.grant())) {
          lease?.release();
          lease = this.#instances.lease(TTL_SECONDS);
          await lease.put(instance).value(address);
        }
        registered();
      } catch {
        // etcd is out of reach. A lease that was never granted is of no use; any other expires.
        lease?.release();
        lease = undefined;
      }
      await sleep(TTL_SECONDS * 300);
    }
    await lease?.revoke();
  }
}
