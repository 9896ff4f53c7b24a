/** Latency and rate over time, in buckets. Pure. Invariant: every operation that returned counts in exactly one bucket. */
import type { Operation } from '../../../sim/history/history.js';

export interface Bucket {
  readonly startUs: number;
  readonly endUs: number;
  readonly ok: number;
  readonly failed: number;
  readonly indefinite: number;
  /** In microseconds; undefined without an operation. */
  readonly medianUs: number | undefined;
  readonly slowestUs: number | undefined;
}

/** @param count how many buckets of the same length the span has */
export function bucketsOf(
  operations: readonly Operation[],
  span: { readonly startUs: number; readonly endUs: number },
  count: number,
): Bucket[] {
  const lengthUs = (span.endUs - span.startUs) / count;
  const drafts = Array.from({ length: count }, () => ({
    ok: 0,
    failed: 0,
    indefinite: 0,
    latencies: [] as number[],
  }));
  for (const { invoke, return: end, outcome } of operations) {
    if (end === undefined || outcome === undefined) continue;
    if (end.timeUs < span.startUs || end.timeUs > span.endUs) continue;
    const draft = drafts[Math.min(count - 1, Math.floor((end.timeUs - span.startUs) / lengthUs))];
    if (draft === undefined) continue;
    draft[outcome.kind]++;
    draft.latencies.push(end.timeUs - invoke.timeUs);
  }
  return drafts.map(({ latencies, ...counts }, at) => {
    const sorted = latencies.sort((left, right) => left - right);
    return {
      ...counts,
      startUs: span.startUs + at * lengthUs,
      endUs: span.startUs + (at + 1) * lengthUs,
      medianUs: sorted[Math.floor((sorted.length - 1) / 2)],
      slowestUs: sorted.at(-1),
    };
  });
}
