/** What a violation depends on, from the witness and the story of its run. Pure. */
import { pastOfRun } from '../../explore/explain/past-of-run.js';
import { witnessOf } from '../../explore/explain/witness-of.js';
import type { PastStep } from '../../run/explanation.js';
import { witnessOf as namedBy } from '../../run/first-finding.js';
import type { RunResult } from '../../run/run-result.js';
import { readsFromPast, type ReadsFromPast, type StoryStep } from './reads-from-past.js';

/** Undefined if nothing is violated, or nothing shows what led to it. */
export function pastOfViolation(result: RunResult): ReadsFromPast | undefined {
  if (result.verdict !== 'violated') return undefined;
  const witness = witnessOf(result);
  const { nodes = [], revisions } = witness;
  // The code of these nodes threw or waits: their last operation is a part of it.
  const last = nodes.flatMap(({ node, untilUs }) => {
    const own = result.operations.findLast(
      (operation) => operation.node === node && operation.invoke.timeUs <= untilUs,
    );
    return own === undefined ? [] : [own.id];
  });
  const operations = [
    ...new Set([...witness.operations, ...last, ...namedBy(result), ...(result.explanation?.witness ?? [])]),
  ];
  const past = readsFromPast(result, { operations, revisions, steps: stepsOf(result, witness) });
  return past.operations.size + past.messages.size === 0 ? undefined : past;
}

function stepsOf(result: RunResult, witness: ReturnType<typeof witnessOf>): StoryStep[] {
  const told = result.explanation?.past?.flatMap(unfolded);
  const found = told === undefined ? pastOfRun(result, witness)?.steps : undefined;
  const steps = found?.map(({ moment: { timeUs }, node, operation }) => ({
    ...{ timeUs, node, operation },
  }));
  // The story names the observer by what it does: the recording has it behind the nodes and the members.
  const { nodes, members } = result.plan;
  const observer = result.recording?.actors[nodes.length + members.length] ?? '';
  return (told ?? steps ?? []).map((step) => {
    // A fault can change etcd, as it does when it revokes a lease.
    if (step.node === 'fault') return { ...step, node: observer, isChange: true };
    return step.node === 'setup' || step.node === 'test' ? { ...step, node: observer } : step;
  });
}

function unfolded({ timeUs, node, operation, folded = [] }: PastStep): StoryStep[] {
  return [{ timeUs, node, operation }, ...folded.flatMap(unfolded)];
}
