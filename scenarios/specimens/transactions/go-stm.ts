/**
 * `concurrency.NewSTM` of etcd's Go client (v3.6.14), ported step by step, over a client that sends
 * everything once, as Go's does with writes. Invariant: after a conflict it rereads as the original does,
 * from the refused commit itself.
 */
import type { IRangeResponse, Namespace } from 'etcd3';
import type { Isolation } from '../../../src/index.js';
import type { OpenTransactions } from '../../transactions/handle.js';
import { pause } from '../../timing.js';
import { clientWithoutResends } from '../client-without-resends.js';

export const openGoTransactions: OpenTransactions = (context, isolation) => {
  const client = clientWithoutResends(context);
  const place = client.namespace(context.prefix);
  return {
    async transact({ reads, writes, pauseMs }, value) {
      const stm = new GoStm(place, isolation);
      for (;;) {
        stm.reset();
        const values: (string | null)[] = [];
        for (const key of reads) {
          values.push(await stm.get(key));
          await pause(pauseMs);
        }
        for (const key of writes) stm.put(key, value);
        const revision = await stm.commit();
        if (revision !== undefined) return { values, revision };
        context.count('conflicts');
      }
    },
    close() {
      client.close();
      return Promise.resolve();
    },
  };
};

interface GetOptions {
  readonly revision?: number;
  readonly serializable?: boolean;
}

class GoStm {
  readonly #client: Namespace;
  readonly #isolation: Isolation;
  /** Reads at one revision, and again from the results of a refused commit. */
  readonly #snapshot: boolean;
  #reads = new Map<string, IRangeResponse>();
  #writes = new Map<string, string>();
  #prefetch = new Map<string, IRangeResponse>();
  #getOptions: GetOptions;

  constructor(client: Namespace, isolation: Isolation) {
    this.#client = client;
    this.#isolation = isolation;
    this.#snapshot = isolation === 'SerializableSnapshot' || isolation === 'Serializable';
    this.#getOptions = this.#snapshot ? {} : { serializable: true };
  }

  reset(): void {
    this.#reads = new Map();
    this.#writes = new Map();
  }

  async get(key: string): Promise<string | null> {
    const isFirst = this.#reads.size === 0;
    const prefetched = this.#prefetch.get(key);
    if (this.#snapshot && prefetched !== undefined) {
      this.#prefetch.delete(key);
      this.#reads.set(key, prefetched);
    }
    const reply = await this.#fetch(key);
    if (this.#snapshot && isFirst) {
      this.#getOptions = { revision: Number(reply.header.revision), serializable: true };
    }
    return reply.kvs[0]?.value.toString() ?? null;
  }

  put(key: string, value: string): void {
    this.#writes.set(key, value);
  }

  /** The revision of the reply; undefined after a conflict. */
  async commit(): Promise<number | undefined> {
    const comparisons = this.#comparisons();
    const puts = [...this.#writes].map(([key, value]) => this.#client.put(key).value(value));
    const keys = [...this.#reads.keys()];
    const gets = this.#snapshot ? keys.map((key) => this.#client.get(key)) : [];
    // A transaction of etcd3 needs a comparison; this one always holds.
    const always = this.#client.if('k', 'Version', '>', -1);
    for (const { key, target, result, value } of comparisons) always.and(key, target, result, value);
    const reply = await always
      .then(...puts)
      .else(...gets)
      .commit();
    if (reply.succeeded) return Number(reply.header.revision);
    if (!this.#snapshot) return undefined;
    keys.forEach((key, index) => {
      const found = reply.responses[index]?.response_range;
      if (found !== undefined) this.#reads.set(key, found);
    });
    this.#prefetch = this.#reads;
    this.#getOptions = {};
    return undefined;
  }

  #comparisons() {
    const current = [...this.#reads].map(([key, reply]) => ({
      ...{ key, target: 'Mod' as const, result: '==' as const },
      value: reply.kvs[0]?.mod_revision ?? 0,
    }));
    const unchanged = [...this.#writes.keys()].map((key) => ({
      ...{ key, target: 'Mod' as const, result: '<' as const },
      value: this.#firstRevision() + 1,
    }));
    switch (this.#isolation) {
      case 'SerializableSnapshot':
        return [...current, ...unchanged];
      case 'Serializable':
      case 'RepeatableReads':
        return current;
      case 'ReadCommitted':
        return [];
    }
  }

  /** If nothing was read, as good as no limit. */
  #firstRevision(): number {
    const revisions = [...this.#reads.values()].map(({ header }) => Number(header.revision));
    return Math.min(Number.MAX_SAFE_INTEGER - 1, ...revisions);
  }

  async #fetch(key: string): Promise<IRangeResponse> {
    const known = this.#reads.get(key);
    if (known !== undefined) return known;
    const { revision, serializable = false } = this.#getOptions;
    const get = this.#client.get(key).serializable(serializable);
    const reply = await this.#client
      .if('k', 'Version', '>', -1)
      .then(revision === undefined ? get : get.revision(revision))
      .commit();
    const found = reply.responses[0]?.response_range;
    if (found === undefined) throw new Error('etcd answered a transaction without its read');
    this.#reads.set(key, found);
    return found;
  }
}
