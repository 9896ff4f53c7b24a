/** Records when processes of nodes begin, end, pause, and how their clocks run. Invariant: reading a clock is no use of it. */
import type { VirtualNode } from '../../../engine/node.js';
import type { ProcessTable } from '../../../history/recording.js';
import { Table } from './table.js';

/** The recorded part of a process. */
export type ProcessState = Pick<VirtualNode, 'alive' | 'stillUntilUs' | 'clock'>;

export class ProcessRecorder {
  readonly #rows = new Table(
    ...(['event', 'node', 'alive', 'stillUntilUs', 'sinceUs', 'countedUs', 'perMille', 'shiftMs'] as const),
  );
  readonly #last = new Map<number, string>();

  get columns(): ProcessTable {
    return this.#rows.columns;
  }

  /** @param node position among the actors; so it is after the event */
  look(event: number, node: number, { alive, stillUntilUs, clock }: ProcessState): void {
    const now = `${alive} ${stillUntilUs} ${clock.sinceUs} ${clock.perMille} ${clock.shiftMs}`;
    if (this.#last.get(node) === now) return;
    this.#last.set(node, now);
    this.#rows.add({ event, node, alive: alive ? 1 : 0, stillUntilUs, ...clock });
  }
}
