import { setTimeout as sleep } from 'node:timers/promises';
import type { Etcd3, Lease } from 'etcd3';

const TTL_MS = 5000;

/** Elects one of several processes. A leader knows how long it leads: its time counts from when a renewal was sent. */
export class Election {
  readonly #client: Etcd3;
  readonly #name: string;

  constructor(client: Etcd3, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** Waits until this process leads; resolves to its leadership. */
  async campaign(): Promise<Leadership> {
    for (;;) {
      const term = await Term.begin(this.#client);
      try {
        while (term.isLeading()) {
          if (await this.#stand(term)) return term;
          await sleep(200);
        }
      } catch (error) {
        void term.resign().catch(() => undefined); // or else it is renewed for ever, and leads without knowing
        throw error;
      }
    }
  }

  async #stand({ leaseId }: Term): Promise<boolean> {
    const { succeeded, responses } = await this.#client
      .if('leader', 'Create', '==', 0)
      .then(this.#client.put('leader').value(this.#name).lease(leaseId))
      .else(this.#client.get('leader'))
      .commit();
    // A refusal may answer a copy of our own request, whose reply was lost: the lease tells whose key it is.
    return succeeded || responses[0]?.response_range.kvs[0]?.lease === leaseId;
  }
}

export interface Leadership {
  /** Ask before everything that only a leader may do. */
  isLeading(): boolean;
  /** If it rejects, the leadership ends by itself. */
  resign(): Promise<void>;
}

/** A lease that is kept alive, and that is over here before it is over in etcd. */
class Term implements Leadership {
  readonly leaseId: string;
  readonly #lease: Lease;
  #untilMs: number;

  private constructor(lease: Lease, leaseId: string, untilMs: number) {
    this.#lease = lease;
    this.leaseId = leaseId;
    this.#untilMs = untilMs;
    void this.#renew();
  }

  static async begin(client: Etcd3): Promise<Term> {
    const sentMs = performance.now();
    // etcd3's own renewal tells of a loss only after twice the lease's time.
    const lease = client.lease(TTL_MS / 1000, { autoKeepAlive: false });
    return new Term(lease, await lease.grant(), sentMs + TTL_MS);
  }

  isLeading(): boolean {
    return !this.#lease.revoked() && performance.now() < this.#untilMs;
  }

  async resign(): Promise<void> {
    this.#untilMs = 0;
    await this.#lease.revoke();
  }

  async #renew(): Promise<void> {
    while (this.isLeading()) {
      await sleep(TTL_MS / 5);
      if (!this.isLeading()) return;
      const sentMs = performance.now();
      this.#lease.keepaliveOnce().then(
        () => (this.#untilMs = Math.max(this.#untilMs, sentMs + TTL_MS)),
        () => undefined, // the next one may get through; time decides
      );
    }
  }
}
