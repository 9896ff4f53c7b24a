/**
 * A run as a page holds it. Invariant: the page shows a sentence for every cut, and the verdict, the checks and the story
 * are always whole.
 */
import type { RunResult } from '../../run/run-result.js';
import { decisiveWords } from '../decisive-words.js';
import { describeParameterRows } from '../describe-run.js';
import { pastOfViolation } from '../past/past-of-violation.js';
import type { ReadsFromPast } from '../past/reads-from-past.js';
import { formatNoun } from '../quantities.js';
import { packColumn } from './pack-columns.js';
import { packLog, packOperations } from './pack-operations.js';
import { packRecording, type CutRecording, type RecordingLimits } from './pack-recording.js';
import type { PageRun, PagePast } from './page-data.js';
import { Scissors } from './scissors.js';
import { sentenceOf } from './sentence.js';

export interface PackLimits extends RecordingLimits {
  /** The longest key, value, input or output. */
  readonly textMax: number;
  /** The longest repro. */
  readonly reproMax: number;
}

export function packRun(
  result: RunResult,
  repro: string | undefined,
  limits: PackLimits,
  past: ReadsFromPast | undefined = pastOfViolation(result),
): PageRun {
  const { operations, log, recording, calls: _calls, testReads: _reads, incidents = [], ...rest } = result;
  const { checkpoints: _checkpoints, plan, ...facts } = rest;
  const scissors = new Scissors(limits.textMax);
  const packed = recording === undefined ? undefined : packRecording(recording, limits, past?.messages);
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
    ...(past === undefined ? {} : { past: packPast(past, packed) }),
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

function packPast(
  { operations, messages, isWhole }: ReadsFromPast,
  packed: CutRecording | undefined,
): PagePast {
  const positions = [...messages].flatMap((message) => packed?.positionOf(message) ?? []);
  return {
    operations: [...operations],
    messages: packColumn(positions.sort((one, other) => one - other)),
    isWhole,
  };
}
