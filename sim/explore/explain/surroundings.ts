/** What nodes did around an operation that no call of it shows: before it, during it, and within it. */
import type { Operation } from '../../history/history.js';
import { wasRefused } from './refusals.js';
import { causeOf } from './run-index.js';
import type { Telling } from './telling.js';

/** How many calls of a node count before one of its own, the last ones. */
const LEAD_UP_MAX = 6;

/** Of the operations within one of the witness at most so many count, the last ones. */
const INNER_MAX = 3;

export class Surroundings {
  readonly #story: Telling;

  constructor(story: Telling) {
    this.#story = story;
  }

  /** For an operation without calls: what its node did before, such as taking a lock around it. */
  leadUpTo(id: string): string[] {
    const operation = this.#story.index.operation(id);
    if (operation === undefined || this.#story.index.callsOf(id).length > 0) return [];
    return this.lastCallsOf(operation.node, operation.invoke.timeUs);
  }

  /** What its node had put outside of any operation, under a lease: a lock or an office that the operation relies on. */
  heldDuring(id: string): string[] {
    const operation = this.#story.index.operation(id);
    const last = this.#story.run.calls.findLast(
      ({ node, operation: of, leases = [], wrote, sent }) =>
        node === operation?.node &&
        of === undefined &&
        leases.length > 0 &&
        wrote !== undefined &&
        sent.timeUs < operation.invoke.timeUs,
    );
    return last === undefined ? [] : [causeOf(last)];
  }

  /** The node's activity at that time: the last operation that had begun, and its calls outside of any. */
  lastOf(node: string, untilUs: number): string[] {
    const last = this.#story.run.operations.findLast(
      (operation) => operation.node === node && operation.invoke.timeUs <= untilUs,
    );
    return [...(last === undefined ? [] : [last.id]), ...this.lastCallsOf(node, untilUs)];
  }

  /** The node's calls outside of any operation in that time: the last ones that concern keys. */
  lastCallsOf(node: string, untilUs: number, fromUs = 0): string[] {
    const told = new Set<string>();
    const calls = this.#story.run.calls.filter(
      (call) =>
        call.node === node &&
        call.operation === undefined &&
        call.sent.timeUs >= fromUs &&
        call.sent.timeUs <= untilUs &&
        (call.reads.length + call.looks.length + call.watches.length > 0 ||
          call.wrote !== undefined ||
          wasRefused(call)),
    );
    // A repeated request counts once.
    const different = calls.reverse().filter((call) => {
      const name = `${call.method} ${call.wrote?.revision ?? ''} ${JSON.stringify([call.puts, [...call.looks, ...call.watches].map(({ key }) => key)])}`;
      return !told.has(name) && told.add(name);
    });
    return different.slice(0, LEAD_UP_MAX).reverse().map(causeOf);
  }

  /** Operations that the node performed as a part of this one, such as a write to a resource: the last of them. */
  within(id: string): string[] {
    const outer = this.#story.index.operation(id);
    if (outer === undefined) return [];
    const isInner = ({ node, invoke, return: end }: Operation): boolean =>
      node === outer.node &&
      invoke.sequence > outer.invoke.sequence &&
      (end ?? invoke).sequence < (outer.return?.sequence ?? Infinity);
    return this.#story.run.operations
      .filter(isInner)
      .slice(-INNER_MAX)
      .map((inner) => inner.id);
  }
}
