/** The length of a run on its diagram. Pure. */
import type { ShownRun } from '../data/unpack.js';

/** The last moment, and a little room after it if something never ended. */
export function extentOf({ result, recording }: ShownRun): number {
  let lastUs = 0;
  let isOpen = false;
  for (const { invoke, return: end } of result.operations) {
    lastUs = Math.max(lastUs, end?.timeUs ?? invoke.timeUs);
    isOpen ||= end === undefined;
  }
  for (const { startedUs, endedUs } of result.faults) {
    if (startedUs === undefined) continue;
    lastUs = Math.max(lastUs, endedUs ?? startedUs);
    isOpen ||= endedUs === undefined;
  }
  // What the observer reads at the very end is no part of the story.
  if (lastUs === 0) lastUs = recording?.moments.timeUs.at(-1) ?? (result.virtualTimeMs ?? 0) * 1000;
  // A bar that begins and returns at the very end would lie on the edge, invisible.
  isOpen ||= result.operations.some(({ invoke }) => invoke.timeUs >= lastUs);
  return Math.max(1, isOpen ? lastUs * 1.05 : lastUs * 1.02);
}
