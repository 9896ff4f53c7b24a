/**
 * Describes faults by hand that are still active: nodes held up by them wait for the test, not for the code.
 */
import { oneOf } from '../input/parsed.js';
import type { Fault } from './index.js';

/** Whether the fault can keep a node waiting until it is ended. */
export function holdsUp({ kind }: Pick<Fault, 'kind'>): boolean {
  return kind === 'partition' || kind === 'member-restart';
}

/** Such as `the partition of a from m1 or m2 was never healed`; empty where there are none. */
export function neverHealed(faults: readonly Fault[]): string {
  const cut = new Map<string, string[]>();
  const stopped: string[] = [];
  for (const fault of faults) {
    if (fault.kind === 'partition') cut.set(fault.node, [...(cut.get(fault.node) ?? []), fault.member]);
    if (fault.kind === 'member-restart') stopped.push(fault.member);
  }
  return [
    ...[...cut].map(([node, members]) => `the partition of ${node} from ${oneOf(members)} was never healed`),
    ...stopped.map((member) => `${member} was stopped and never started`),
  ].join(', and ');
}
