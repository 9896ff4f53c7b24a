/**
 * The operations that a test and its nodes perform, as they appear. Invariant: each has an id of its own, which begins with
 * the name of its node, or with `test`.
 */
import type { Json } from '../../../input/json.js';
import type { NodeContext, RunControl } from '../../../scenario/scenario.js';
import type { Coverage } from '../coverage.js';
import { jsonOf } from './json-of.js';
import { TEST } from './nodes/declared-nodes.js';

export class Operations {
  readonly #coverage: Coverage;
  readonly #contexts = new Map<string, NodeContext>();
  readonly #counts = new Map<string, number>();
  readonly #performInTest: RunControl['perform'];

  constructor(coverage: Coverage, control: Pick<RunControl, 'perform'>) {
    this.#coverage = coverage;
    this.#performInTest = (operation, body) => control.perform(operation, body);
  }

  /** From now on it is this process of the node that performs them. */
  join(context: NodeContext): void {
    this.#contexts.set(context.node, context);
  }

  async perform<T>(node: string, name: string, input: Json, body: () => T | Promise<T>): Promise<T> {
    const context = this.#contexts.get(node);
    if (context === undefined && node !== TEST) return body();
    const record = context === undefined ? this.#performInTest : context.perform.bind(context);
    this.#coverage.performs(name);
    let end: { readonly value: T } | { readonly error: unknown } | undefined;
    const id = this.#nextId(`${node}.${name}`);
    await record({ id, name, input: jsonOf(input) }, async () => {
      try {
        const value = await body();
        end = { value };
        this.#coverage.ok += 1;
        return { output: jsonOf(value) };
      } catch (error) {
        end = { error };
        this.#coverage.failed += 1;
        throw error;
      }
    });
    if (end === undefined) throw new Error(`operation ${name} of ${node} did not end`);
    if ('error' in end) throw end.error;
    return end.value;
  }

  #nextId(own: string): string {
    const count = (this.#counts.get(own) ?? 0) + 1;
    this.#counts.set(own, count);
    return count === 1 ? own : `${own}.${count}`;
  }
}
