/**
 * Nodes on the real backend: plain asynchronous code of this process that knows its node's name. Invariant:
 * an error of a node becomes a problem of the run and never ends the process; all other errors take their
 * usual course.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Work } from '../../engine/node.js';
import type { Problem } from '../../run/run-result.js';
import { errorParts } from '../error-parts.js';
import type { Performing } from '../effects.js';

interface Scope {
  readonly nodes: RealNodes;
  readonly name: string;
  readonly work?: Work;
}

const current = new AsyncLocalStorage<Scope>();

/** The work of a node that this code is part of, or undefined if there is none. */
export function currentWork(): Work | undefined {
  return current.getStore()?.work;
}

export class RealNodes {
  readonly problems: Problem[] = [];
  readonly #nowUs: () => number;
  readonly #reported = new WeakSet<object>();
  readonly #nativeExit = process.exit;
  readonly #previous = process.listeners('uncaughtException');
  readonly #strayListener = (error: unknown): void => {
    const owner = current.getStore();
    if (owner?.nodes === this) this.#report(owner.name, error);
    else throw error;
  };
  readonly #throwListener: NodeJS.UncaughtExceptionListener = (error, origin) => {
    const owner = current.getStore();
    if (owner?.nodes === this) this.#report(owner.name, error);
    else if (this.#previous.length === 0) throw error;
    else for (const other of this.#previous) other(error, origin);
  };

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
    process.on('unhandledRejection', this.#strayListener);
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', this.#throwListener);
    process.exit = (code) => {
      const owner = current.getStore();
      if (owner?.nodes !== this) return this.#nativeExit.call(process, code);
      const error = new Error(`process.exit(${code ?? ''}) was called`);
      this.#report(owner.name, error);
      throw error;
    };
  }

  /**
   * The node of this run whose code is running, or undefined outside of them. Nodes of an earlier run that was ended
   * cannot be stopped, and are none of this one.
   */
  readonly currentNode = (): string | undefined => {
    const owner = current.getStore();
    return owner?.nodes === this ? owner.name : undefined;
  };

  /** Runs `body` as the node; resolves when it has ended and never rejects. */
  run(name: string, body: () => Promise<void>): Promise<void> {
    return current.run({ nodes: this, name }, () =>
      body().catch((error: unknown) => {
        this.#report(name, error);
      }),
    );
  }

  /** Runs `body` as part of the node's work. */
  within<T>(performing: Performing, body: () => Promise<T>): Promise<T> {
    return current.run({ nodes: this, name: performing.node, work: performing }, body);
  }

  /** Ignores stray errors from now on. */
  close(): void {
    process.off('unhandledRejection', this.#strayListener);
    process.off('uncaughtException', this.#throwListener);
    for (const other of this.#previous) process.on('uncaughtException', other);
    process.exit = this.#nativeExit;
  }

  #report(node: string, error: unknown): void {
    if (typeof error === 'object' && error !== null) {
      if (this.#reported.has(error)) return;
      this.#reported.add(error);
    }
    this.problems.push({
      kind: 'node-error',
      node,
      ...errorParts(error),
      timeUs: this.#nowUs(),
    });
  }
}
