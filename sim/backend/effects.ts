/**
 * Records what nodes' operations did to etcd, to classify their errors: `failed` if nothing of them happened
 * or ever will, otherwise `indefinite`. It watches every call that may write while an operation is under way,
 * and no call that only reads. Invariant: an operation that may have written anything is never `failed`,
 * unless it reports itself that nothing happened.
 */
import { attempt } from '../input/describe-value.js';
import type { Work } from '../engine/node.js';
import { definitenessOf } from '../etcd/errors.js';
import type { Outcome } from '../history/history.js';
import type { CallInterceptor } from '../network/intercept-calls.js';
import type { PerformOptions } from '../scenario/scenario.js';
import { isWriting, WriteCall } from './write-call.js';

/** An operation from its invocation on. */
export class Performing implements Work {
  /** Calls in its own body. */
  readonly own: WriteCall[] = [];
  /** Calls that its node made in the meantime, in other operations or outside of any. */
  readonly others: WriteCall[] = [];

  constructor(
    readonly node: string,
    readonly id: string,
    readonly name: string,
  ) {}
}

/** An operation judged to have failed, until a late write of it appears. */
interface Failed {
  readonly performing: Performing;
  /** Whether its node's writes outside of it may belong to it. */
  readonly ownsStrays: boolean;
  readonly amend: () => void;
}

interface NodeEffects {
  readonly open: Set<Performing>;
  failed: Failed[];
}

export class Effects {
  readonly #nodes = new Map<string, NodeEffects>();

  /** A process of the node starts; operations of the previous one have no further effect. */
  start(node: string): void {
    this.#nodes.delete(node);
  }

  /** The operation is invoked; until it ends, its body runs as this work. */
  begin(node: string, id: string, name: string): Performing {
    const performing = new Performing(node, id, name);
    this.#of(node).open.add(performing);
    return performing;
  }

  end(performing: Performing): void {
    this.#of(performing.node).open.delete(performing);
  }

  /**
   * How an operation ended that threw this error.
   *
   * @param amend called if it turns out later that it may happen after all
   */
  judge(
    performing: Performing,
    error: unknown,
    { isOneCall = false }: PerformOptions,
    amend: () => void,
  ): Exclude<Outcome['kind'], 'ok'> {
    const { nothingHappened, definite } = attempt(() => saidBy(error)) ?? {};
    if (nothingHappened === true || (definite === true && isOneCall)) return 'failed';
    if (definite === false || nothingHappened === false) return 'indefinite';
    // An error that denies any effect of its own request cannot come from another operation's request.
    const ownsStrays = attempt(() => definitenessOf(error)) !== 'definite';
    const calls = ownsStrays ? [...performing.own, ...performing.others] : performing.own;
    if (calls.some((call) => call.mayHaveChanged)) return 'indefinite';
    this.#of(performing.node).failed.push({ performing, ownsStrays, amend });
    return 'failed';
  }

  /**
   * Watches a call of the node that begins as part of this work; returns undefined if the call does not
   * matter.
   */
  intercept(node: string, method: string, work: Work | undefined): CallInterceptor | undefined {
    const effects = this.#nodes.get(node);
    if (effects === undefined || !isWriting(method)) return undefined;
    const { open, failed } = effects;
    const isLate = !(work instanceof Performing && open.has(work));
    if (open.size === 0 && failed.length === 0) return undefined;
    const call = new WriteCall(method, isLate ? () => this.#goesOn(effects, work) : undefined);
    for (const performing of open) (performing === work ? performing.own : performing.others).push(call);
    return call;
  }

  /** A write outside every operation, or by one that has ended, may be part of an operation that failed. */
  #goesOn(effects: NodeEffects, work: Work | undefined): void {
    const isPart = ({ performing, ownsStrays }: Failed): boolean => ownsStrays || performing === work;
    for (const failed of effects.failed) if (isPart(failed)) failed.amend();
    effects.failed = effects.failed.filter((failed) => !isPart(failed));
  }

  #of(node: string): NodeEffects {
    let effects = this.#nodes.get(node);
    if (effects === undefined) {
      effects = { open: new Set(), failed: [] };
      this.#nodes.set(node, effects);
    }
    return effects;
  }
}

/** What an error says of itself; reading it may throw. */
function saidBy(error: unknown): { readonly nothingHappened: unknown; readonly definite: unknown } {
  const { nothingHappened, definite } = Object(error) as Readonly<Record<string, unknown>>;
  return { nothingHappened, definite };
}
