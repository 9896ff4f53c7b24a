/**
 * A run as a page holds it. Invariant: the page shows a sentence for every cut, and the verdict, the checks and the story
 * are always whole.
 */
import { pastOfRun } from '../../explore/explain/past-of-run.js';
import type { PastStep } from '../../run/explanation.js';
import { witnessOf } from '../../run/first-finding.js';
import type { RunResult } from '../../run/run-result.js';
import { decisiveWords } from '../decisive-words.js';
import { describeParameterRows } from '../describe-run.js';
import { formatNoun } from '../quantities.js';
import { packLog, packOperations } from './pack-operations.js';
import { packRecording, type RecordingLimits } from './pack-recording.js';
import type { PageRun } from './page-data.js';
import { Scissors } from './scissors.js';
import { sentenceOf } from './sentence.js';

export interface PackLimits extends RecordingLimits {
  /** The longest key, value, input or output. */
  readonly textMax: number;
  /** The longest repro. */
  readonly reproMax: number;
}

export function packRun(result: RunResult, repro: string | undefined, limits: PackLimits): PageRun {
  const { operations, log, recording, calls: _calls, testReads: _reads, incidents = [], ...rest } = result;
  const { checkpoints: _checkpoints, plan, ...facts } = rest;
  const scissors = new Scissors(limits.textMax);
  const packed = recording === undefined ? undefined : packRecording(recording, limits);
  const packedOperations = packOperations(operations, scissors);
  const packedLog = packLog(log, scissors);
  const carriesRepro = repro !== undefined && repro.length <= limits.reproMax;
  const { explanation } = result;
  return {
    result: { ...facts, plan: { ...plan, nodes: plan.nodes.map(({ name }) => ({ name, operations: [] })) } },
    operations: packedOperations,
    log: packedLog,
    ...(packed === undefined ? {} : { recording: packed.recording }),
    incidents: incidents.filter((one) => one.kind !== 'node call' && one.kind !== 'breaker open'),
    past: pastOperations(result),
    sentence: sentenceOf(result),
    ...(explanation === undefined ? {} : { words: decisiveWords(explanation) }),
    parameters: describeParameterRows(result),
    ...(carriesRepro ? { repro } : {}),
    cuts: [
      ...(packed?.cuts ?? []),
      ...(scissors.count === 0
        ? []
        : [`${formatNoun(scissors.count, 'long text')} of keys, values, inputs and outputs are cut.`]),
      ...(repro !== undefined && !carriesRepro ? ['The repro is a file beside this page.'] : []),
    ],
  };
}

/** The operations of the violation's causal past; empty if nothing is violated. */
function pastOperations(result: RunResult): string[] {
  if (result.verdict !== 'violated') return [];
  const witness = witnessOf(result);
  const violated = result.checks.find((check) => check.verdict === 'violated');
  const revisions = violated?.verdict === 'violated' ? violated.revisions : [];
  const told = result.explanation?.past;
  const steps = told ?? pastOfRun(result, { operations: witness, revisions })?.steps ?? [];
  return [...new Set([...witness, ...(result.explanation?.witness ?? []), ...steps.flatMap(operationsOf)])];
}

function operationsOf({ operation, folded = [] }: Pick<PastStep, 'operation' | 'folded'>): string[] {
  return [...(operation === undefined ? [] : [operation]), ...folded.flatMap(operationsOf)];
}
