/** A run as everything in this room reads it. */
import type { Recording } from '../history/recording.js';
import type { RunResult } from '../run/run-result.js';

export interface RecordedRun {
  readonly result: RunResult;
  /** Absent on the real backend. */
  readonly recording: Recording | undefined;
}
