/** Which requests of an operation had an effect that a later one can depend on. Pure. */
import type { Request, Requests, Until } from './requests.js';

/**
 * Those that changed etcd, and those with an answer. Of requests with the same question and the same answer the last one
 * counts. An operation of the witness has two more: each lost request to change etcd, and the last request, for which it
 * waited.
 */
export function effectiveRequests(
  requests: Requests,
  all: readonly Request[],
  until: Until,
  isWitness: boolean,
): Request[] {
  const sent = all.filter(({ row, sentUs, watched }) =>
    watched === undefined ? row < until.row && sentUs <= until.timeUs : sentUs <= until.timeUs,
  );
  const seen = new Set<string>();
  const kept = sent.reverse().filter((request, at) => {
    const { call, watched } = request;
    if (call?.wrote !== undefined) return true;
    if (isWitness && at === 0) return true;
    if (isWitness && (call?.puts ?? call?.deletes) !== undefined) return true;
    if (watched !== undefined)
      return watched.compacted !== undefined || requests.readsOf(request, until).length > 0;
    if (!requests.isAnswered(request)) return false;
    const question = questionOf(request);
    return !seen.has(question) && seen.add(question);
  });
  return kept.reverse();
}

/** What it asked, and the answer without its revision. */
function questionOf({ method, call }: Request): string {
  if (call === undefined) return method;
  const { puts, deletes, failed, missed, error, reads, looks } = call;
  return JSON.stringify([
    ...[method, puts, deletes, failed, missed, error],
    reads.map(({ key, revision }) => [key, revision]),
    looks.map(({ key, rangeEnd, count }) => [key, rangeEnd, count]),
  ]);
}
