/**
 * The operator that replaces members for a fault: it removes one, and later adds another in its place and
 * starts it. Invariant: one member at a time, and a replacement that has begun is completed. After the end
 * the cluster has as many members as before, however often etcd refuses the operator's requests.
 */
import type { Engine } from '../../engine/engine.js';
import type { VirtualNode } from '../../engine/node.js';
import { REMOVED_STOPS_AFTER_MS } from '../../etcd/cluster/electorate.js';
import type { EtcdCluster } from '../../etcd/service.js';
import type { Replacement } from '../../faults/fault.js';
import type { ReferenceCount } from '../reference-count.js';

export interface ReplacementsParts {
  readonly engine: Engine;
  readonly cluster: EtcdCluster;
  /** The node as which the operator acts. */
  readonly observer: VirtualNode;
  /** Keeps members down. */
  readonly down: ReferenceCount;
}

/** etcd may refuse a request now and grant it a little later. */
const AGAIN_US = 100_000;

export class Replacements {
  readonly #parts: ReplacementsParts;
  #isBusy = false;

  constructor(parts: ReplacementsParts) {
    this.#parts = parts;
  }

  /**
   * Does nothing while another member is being replaced.
   *
   * @param onRemoved called when the member is out of the cluster
   * @returns adds another in its place; resolves once that one runs and has a vote
   */
  begin(
    member: string,
    { isLost, asLearner }: Replacement,
    onRemoved: () => void,
  ): () => void | Promise<void> {
    if (this.#isBusy) return () => undefined;
    this.#isBusy = true;
    const { cluster, down } = this.#parts;
    if (isLost) void down.begin(member);
    const gone = this.#until(() => cluster.removeMember(member)).then(async () => {
      onRemoved();
      if (isLost) return;
      await this.#after(REMOVED_STOPS_AFTER_MS * 1000);
      void down.begin(member);
    });
    return async () => {
      await gone;
      await this.#until(() => cluster.addMember(member, asLearner));
      void down.end(member);
      await this.#until(() => cluster.promoteMember(member));
      this.#isBusy = false;
    };
  }

  /** Repeats a request that etcd may refuse. */
  async #until(attempt: () => boolean): Promise<void> {
    while (!attempt()) await this.#after(AGAIN_US);
  }

  #after(delayUs: number): Promise<void> {
    const { engine, observer } = this.#parts;
    return new Promise((resolve) => {
      engine.schedule(observer.timerLane, delayUs, 'operator', resolve, observer);
    });
  }
}
