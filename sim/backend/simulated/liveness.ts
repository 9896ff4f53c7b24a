/**
 * The second half of a run: once the plan's faults are over, operations must succeed again. Invariant: it
 * reports once if no operation succeeds and no node ends for the given time, counted at the earliest from the
 * last fault's end. It never reports a run that progresses, however slowly. Code that has no operation to end
 * progresses while etcd changes.
 */
import type { Engine } from '../../engine/engine.js';
import type { VirtualNode } from '../../engine/node.js';
import type { Recorder } from '../../history/recorder.js';

export interface LivenessParts {
  readonly engine: Engine;
  /** The node as which `onStill` runs. */
  readonly observer: VirtualNode;
  readonly recorder: Recorder;
  /** When the faults of the plan are over, as far as that is known. */
  faultsOverUs(): number;
  readonly livenessMs: number;
  /** When etcd last changed. */
  changedUs(): number;
  /** The nodes whose operations need not end. */
  daemons(): ReadonlySet<string>;
  /** Whether the run continues nevertheless. */
  onStill(): boolean;
  /** Whether the test still holds nodes up by a fault by hand, and is not done. */
  isHeldUp(): boolean;
}

export class LivenessWatch {
  readonly #parts: LivenessParts;
  #calmFromUs = 0;
  #endedUs = 0;

  constructor(parts: LivenessParts) {
    this.#parts = parts;
  }

  /** The plan's clock starts. */
  start(): void {
    this.#look();
  }

  /** A node has ended. */
  onNodeEnd(): void {
    this.#endedUs = this.#parts.engine.nowUs;
  }

  /** Since when no node has ended, no fault has acted, and etcd has not changed. */
  stillSinceUs(changedUs: number): number {
    return Math.max(this.#parts.faultsOverUs(), this.#calmFromUs, this.#endedUs, changedUs);
  }

  #look(): void {
    const { engine, observer, livenessMs, onStill, isHeldUp } = this.#parts;
    // Nodes that a fault by hand holds up continue once the test ends the fault.
    if (isHeldUp()) this.#calmFromUs = engine.nowUs;
    let leftUs = this.#leftUs;
    if (leftUs <= 0) {
      if (!onStill()) return;
      this.#calmFromUs = engine.nowUs;
      leftUs = livenessMs * 1000;
    }
    // In the background, so that a run with nothing else ahead of it is a deadlock.
    engine.scheduleBackground(observer.timerLane, leftUs, 'liveness', () => this.#look(), observer);
  }

  get #leftUs(): number {
    const { engine, recorder, livenessMs, faultsOverUs } = this.#parts;
    const { lastSuccessUs } = recorder;
    const sinceUs = Math.max(
      ...[faultsOverUs(), this.#calmFromUs, this.#endedUs, lastSuccessUs, this.#workedUs(lastSuccessUs)],
    );
    return sinceUs + livenessMs * 1000 - engine.nowUs;
  }

  /** When code outside of operations last made progress; changes since an operation was begun in vain prove none. */
  #workedUs(lastSuccessUs: number): number {
    const { recorder, changedUs, daemons } = this.#parts;
    const vain = recorder.operations.find(
      ({ node, return: end, outcome }) =>
        !daemons().has(node) && outcome?.kind !== 'ok' && (end === undefined || end.timeUs > lastSuccessUs),
    );
    return Math.min(changedUs(), vain?.invoke.timeUs ?? Infinity);
  }
}
