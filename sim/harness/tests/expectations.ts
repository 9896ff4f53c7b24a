/**
 * Expectations that the code of a run begins and does not await, such as `expect(promise).resolves`. A runner keeps them
 * until its test ends, which those of a dead node would hold up for ever. Invariant: they go with their run, and code that
 * ends by itself awaits its own first, so that one that fails is a violation.
 */
import { currentNode, type VirtualNode } from '../../engine/node.js';
import type { NodeBody, Sim, TestBody } from './sim.js';

/** Where the runner keeps those of a test: Vitest's task. */
export interface ExpectationsOfTest {
  promises?: Promise<unknown>[];
}

/** @param work simulates the body that it gets, which is this one */
export async function withExpectations<T>(
  test: ExpectationsOfTest,
  body: TestBody,
  work: (body: TestBody) => Promise<T>,
): Promise<T> {
  const before = test.promises;
  try {
    // The work refuses a body that is no function.
    return await work(typeof body === 'function' ? (sim) => runBody(test, body, sim) : body);
  } finally {
    // In a list of its own, since code that is left of the last run may still reach the old list.
    test.promises = [...(before ?? [])];
  }
}

async function runBody(test: ExpectationsOfTest, body: TestBody, sim: Sim): Promise<unknown> {
  const begun = new Begun();
  test.promises = begun;
  const awaiting = (node: NodeBody): NodeBody =>
    typeof node === 'function' ? (view) => begun.awaited(() => node(view)) : node;
  return begun.awaited(() =>
    body({
      ...sim,
      node: (name, node, options) => sim.node(name, awaiting(node), options),
      nodes: (count, node, options) => sim.nodes(count, awaiting(node), options),
    }),
  );
}

/** Those of one run that are pending: the runner takes each out when it is decided. */
class Begun extends Array<Promise<unknown>> {
  /** Which process has begun it; undefined for none. */
  readonly #owners = new WeakMap<Promise<unknown>, VirtualNode | undefined>();

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  override push(...promises: Promise<unknown>[]): number {
    for (const promise of promises) this.#owners.set(promise, currentNode());
    return super.push(...promises);
  }

  /** What the code of this process returns, once its expectations hold. */
  async awaited<T>(code: () => Promise<T>): Promise<T> {
    const owner = currentNode();
    const value = await code();
    for (;;) {
      const own = this.filter((promise) => this.#owners.get(promise) === owner);
      if (own.length === 0) return value;
      await Promise.all(own);
    }
  }
}
