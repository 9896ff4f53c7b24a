/** Entries of the log that count by their names, as etcd names what it applies. */
import type { Entry } from '../state-machine.js';

/** The entry, which counts where it is applied. */
export function counted<T>(name: string, entry: Entry<T>): Entry<T> {
  return (machine, index) => machine.counts.onApplied(name, entry(machine, index));
}
