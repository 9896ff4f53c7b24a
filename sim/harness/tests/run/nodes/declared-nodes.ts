/**
 * The nodes that a test declares, and how each ended. Invariant: names differ, and a node that is not in the plan has
 * ended from the start.
 */
import { describeValue } from '../../../../input/describe-value.js';
import { InputError } from '../../../../input/parsed.js';
import type { NodeBody, NodeOptions } from '../../sim.js';
import { expectNodeOptions } from '../expect-sim-options.js';
import type { Mistakes } from '../mistakes.js';
import { NodeEnds } from './node-ends.js';

/** By which code of the test goes, where a node would have its name. */
export const TEST = 'test';

export interface DeclaredNode {
  readonly name: string;
  readonly index: number;
  readonly body: NodeBody;
  readonly isDaemon: boolean;
}

export interface DeclaredNodesParts {
  /** Names of the nodes in the plan. */
  readonly planned: ReadonlySet<string>;
  /** Names of nodes that may be missing from the plan: it was made smaller. */
  readonly known: ReadonlySet<string>;
  readonly mistakes: Mistakes;
  /** Called for each node that is declared. */
  onDeclared(): void;
}

export class DeclaredNodes {
  /** Names of nodes that were declared and are not in the plan. */
  readonly unplanned: string[] = [];
  readonly ends = new NodeEnds();
  readonly #parts: DeclaredNodesParts;
  readonly #declared = new Map<string, DeclaredNode>();
  readonly #looks = new Set<() => void>();
  #isClosed = false;

  constructor(parts: DeclaredNodesParts) {
    this.#parts = parts;
  }

  get names(): readonly string[] {
    return [...this.#declared.keys()];
  }

  /** Those that are to end by themselves and have not. */
  get working(): readonly string[] {
    return this.names.filter((name) => !this.isDaemon(name) && this.ends.of(name) === undefined);
  }

  has(name: string): boolean {
    return this.#declared.has(name);
  }

  /** A node that is not does nothing in this run: its plan was made before, or made smaller. */
  isPlanned(name: string): boolean {
    return this.#parts.planned.has(name);
  }

  isDaemon(name: string): boolean {
    return this.#declared.get(name)?.isDaemon === true;
  }

  /** @throws InputError unless the test has declared it */
  expect(name: string): void {
    this.#parts.mistakes.expectName('node', name, this.names);
  }

  declare(name: string, index: number, body: NodeBody, options: NodeOptions = {}): void {
    const { daemon = false } = this.#expectDeclaration(name, body, options);
    this.#declared.set(name, { name, index, body, isDaemon: daemon });
    const isPlanned = this.isPlanned(name);
    if (!isPlanned && !this.#parts.known.has(name)) this.unplanned.push(name);
    if (!isPlanned) this.ends.set({ name, how: 'ended' });
    for (const look of [...this.#looks]) look();
    this.#parts.onDeclared();
  }

  /** Resolves once the node is declared, or to what is known when the gate opens. */
  async declarationOf(name: string, until: Promise<void>): Promise<DeclaredNode | undefined> {
    for (;;) {
      const declared = this.#declared.get(name);
      if (declared !== undefined) return declared;
      let look = (): void => undefined;
      const another = new Promise<'another'>((resolve) => {
        look = () => resolve('another');
        this.#looks.add(look);
      });
      const next = await Promise.race([another, until.then(() => 'none' as const)]);
      this.#looks.delete(look);
      if (next === 'none') return this.#declared.get(name);
    }
  }

  /** Those that have not ended by themselves never will. Gives the daemons that have lived to the end. */
  endAll(): readonly string[] {
    for (const { name, isDaemon } of this.#declared.values()) {
      if (this.ends.of(name) === undefined) this.ends.set({ name, how: isDaemon ? 'daemon' : 'crashed' });
    }
    return this.names.filter((name) => this.ends.of(name)?.how === 'daemon');
  }

  /** No more may be declared. */
  close(): void {
    this.#isClosed = true;
  }

  #expectDeclaration(name: string, body: unknown, options: NodeOptions): NodeOptions {
    const { mistakes } = this.#parts;
    mistakes.expectText('node', name);
    const mistake = this.#declared.has(name)
      ? 'expected names that differ, got this one twice'
      : typeof body !== 'function'
        ? `expected a function as its body, got ${describeValue(body)}`
        : this.#isClosed
          ? 'expected it before nodesEnded(), when no node has ended yet'
          : undefined;
    if (mistake !== undefined) mistakes.refuse(new InputError(`node ${name}: ${mistake}`));
    return mistakes.accept(() => expectNodeOptions(options));
  }
}
