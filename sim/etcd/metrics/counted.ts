/** Log entries counted by etcd's names for them. */
import type { Entry } from '../state-machine.js';

/** The entry, which counts when it is applied. */
export function counted<T>(name: string, entry: Entry<T>): Entry<T> {
  return (machine, index) => machine.counts.onApplied(name, entry(machine, index));
}
