/** How large a plan is, in words: `3 operations of 2 nodes, 1 fault, 1 member`. */
import type { Plan } from '../../plan/plan.js';

export function describeSize({ nodes, faults, members }: Plan): string {
  const operations = nodes.reduce((sum, node) => sum + node.operations.length, 0);
  const noun = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  const parts = [noun(operations, 'operation'), noun(faults.length, 'fault'), noun(members.length, 'member')];
  return `${parts[0]} of ${noun(nodes.length, 'node')}, ${parts[1]}, ${parts[2]}`;
}
