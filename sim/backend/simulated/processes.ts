/**
 * The processes of the simulated nodes. Each runs its node's code, and may die and start again with an empty
 * memory. Invariant: at most one process of a node is alive, a node has ended once its last process has, and
 * none starts once all were killed.
 */
import type { Engine } from '../../engine/engine.js';
import type { VirtualNode } from '../../engine/node.js';
import type { Recorder } from '../../history/recorder.js';
import type { Network } from '../../network/network.js';

export interface ProcessParts {
  readonly engine: Engine;
  readonly network: Network;
  readonly recorder: Recorder;
  /** Called for every process that dies, and for every one that starts after another. */
  onChange?(what: 'crashed' | 'restarted', node: string): void;
}

/** A node's code under way. */
interface Work {
  readonly body: () => Promise<void>;
  readonly ended: () => void;
  /** How many faults currently keep the node dead. */
  crashes: number;
}

export class Processes {
  readonly #parts: ProcessParts;
  readonly #nodes = new Map<string, VirtualNode>();
  readonly #work = new Map<string, Work>();
  #over = false;

  constructor(parts: ProcessParts) {
    this.#parts = parts;
  }

  /** The process that runs under the name, or the last one that did. */
  of(name: string): VirtualNode {
    let node = this.#nodes.get(name);
    if (node === undefined) {
      node = this.#parts.engine.node(name);
      this.#nodes.set(name, node);
      this.#parts.network.join(node);
    }
    return node;
  }

  /** The nodes whose code has begun and not ended. */
  get working(): string[] {
    return [...this.#work.keys()];
  }

  /** Runs the code as the node's; resolves when it has ended. */
  run(name: string, body: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const ended = (): void => {
        this.#work.delete(name);
        resolve();
      };
      const work = { body, ended, crashes: 0 };
      this.#work.set(name, work);
      if (!this.of(name).alive) this.#revive(name);
      this.#start(name, work);
    });
  }

  /** The process dies; false if the node's code has ended, or has not begun. */
  crash(name: string): boolean {
    const work = this.#work.get(name);
    if (work === undefined) return false;
    work.crashes += 1;
    if (work.crashes > 1) return true;
    this.of(name).kill();
    this.#parts.network.abandon(name);
    this.#parts.recorder.crash(name);
    this.#parts.onChange?.('crashed', name);
    return true;
  }

  /** The process dies for good; false if the node's code has ended, or has not begun. */
  end(name: string): boolean {
    const work = this.#work.get(name);
    if (work === undefined) return false;
    if (work.crashes === 0) this.crash(name);
    work.ended();
    return true;
  }

  /** The process ends by itself, its work done. */
  exit(name: string): void {
    const node = this.of(name);
    if (!node.alive) return;
    node.kill();
    this.#parts.network.abandon(name);
  }

  /** Undoes one crash; after the last of them another process starts. */
  restart(name: string): void {
    const work = this.#work.get(name);
    if (work === undefined) return;
    work.crashes -= 1;
    if (work.crashes > 0 || this.#over) return;
    this.#revive(name);
    this.#start(name, work);
  }

  #revive(name: string): void {
    const node = this.of(name).successor();
    this.#nodes.set(name, node);
    this.#parts.network.rejoin(node);
    this.#parts.onChange?.('restarted', name);
  }

  /** Ends all but one for good. */
  killAll(but: VirtualNode): void {
    this.#over = true;
    for (const node of this.#nodes.values()) if (node !== but) node.kill();
  }

  /** In an event of its own, so that the seed decides the order of the nodes. */
  #start(name: string, { body, ended }: Work): void {
    const { engine } = this.#parts;
    const node = this.of(name);
    const begin = (): void => {
      body().then(ended, (error: unknown) => {
        engine.reportNodeError(node, error);
        ended();
      });
    };
    engine.schedule(node.immediateLane, 0, `${name} starts`, begin, node);
  }
}
