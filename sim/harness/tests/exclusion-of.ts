/** Mutual exclusion of operations by their name: whoever is inside is so from its invocation to its return. */
import { overlapsOf, type Holding } from '../../check/exclusion.js';
import type { Check } from '../../check/check.js';

export function exclusionOf(name: string): Check {
  return {
    name: `one-${kebab(name)}-at-a-time`,
    description: `At most one ${name} goes on at a time.`,
    check({ operations, crashes = [] }) {
      const holdings = operations
        .filter((operation) => operation.name === name)
        .map((operation): Holding => {
          const lock = JSON.stringify(operation.input);
          const { invoke, node } = operation;
          const died = crashes.find((crash) => crash.node === node && crash.at.sequence > invoke.sequence);
          const end = operation.return?.sequence ?? died?.at.sequence ?? Infinity;
          return { id: operation.id, lock, mode: 'write', start: invoke.sequence, end };
        });
      const [overlap] = overlapsOf(holdings);
      if (overlap === undefined) return { verdict: 'satisfied' };
      const { first, second } = overlap;
      const [one, other] = [first, second].map(({ id }) => id.split('.')[0] ?? id);
      return {
        verdict: 'violated',
        message: `expected one ${name} at a time, ${other} began ${second.id} while ${one} was in ${first.id}`,
        operations: [first.id, second.id],
        revisions: [],
      };
    },
  };
}

function kebab(text: string): string {
  return text
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
}
