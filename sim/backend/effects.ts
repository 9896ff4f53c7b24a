/**
 * What the operations of nodes did to etcd, so that an error of theirs can be judged: `failed` where nothing of them
 * happened nor will, and `indefinite` otherwise. It looks at every call that may write while an operation is under
 * way, and at none that reads. Invariant: an operation that may have written anything is never `failed`, unless it
 * says itself that nothing happened.
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
  /** What it called itself. */
  readonly own: WriteCall[] = [];
  /** What its node called meanwhile in other operations, or outside of all. */
  readonly others: WriteCall[] = [];

  constructor(
    readonly node: string,
    readonly id: string,
    readonly name: string,
  ) {}
}

/** One that was judged to have failed, until something of it turns out to go on. */
interface Failed {
  readonly performing: Performing;
  /** Whether what its node writes outside of it may be its own. */
  readonly ownsStrays: boolean;
  readonly amend: () => void;
}

interface NodeEffects {
  readonly open: Set<Performing>;
  failed: Failed[];
}

export class Effects {
  readonly #nodes = new Map<string, NodeEffects>();

  /** A process of the node starts; what one before it had begun does nothing any more. */
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
   * How an operation ended that threw this.
   *
   * @param amend told when it turns out later that it may happen after all
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
    // An error that says of itself that its request did nothing is not one that another operation's request got.
    const ownsStrays = attempt(() => definitenessOf(error)) !== 'definite';
    const calls = ownsStrays ? [...performing.own, ...performing.others] : performing.own;
    if (calls.some((call) => call.mayHaveChanged)) return 'indefinite';
    this.#of(performing.node).failed.push({ performing, ownsStrays, amend });
    return 'failed';
  }

  /** Looks on at a call of the node's that begins as a part of this work; gives nothing where it does not matter. */
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

  /** Something is written outside of every operation, or by one that has ended: it may be part of one that failed. */
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
