/**
 * The kind of failure of a run. Shrinking keeps the signature, so it never slips from one defect to another,
 * and a corpus keeps one repro for each. Invariant: a stable text without ids, times or revisions.
 */
import { headlineOf, namesOf } from './message-kind.js';
import { leavesOpen, type Problem, type RunResult, type WaitCause } from './run-result.js';

/** Such as `check sum-conserved`, `deadlock`, `node-error PanicError` or `node-error AssertionError: expected … to be …`. */
export type Signature = string;

/** The signatures of a run, the most severe first; empty if nothing failed. */
export function signaturesOf(result: RunResult): readonly Signature[] {
  const checks = result.checks
    .filter((check) => check.verdict === 'violated')
    .map(({ check }) => `check ${check}`);
  const problems = result.problems
    .filter((problem) => !leavesOpen(problem))
    .map((problem) => kindOfProblem(problem, result));
  return [...new Set([...checks, ...problems])];
}

/** The first signature of a run, or of one that shows too little such as `inconclusive nothing-succeeded`. */
export function failureKindOf(result: RunResult): Signature {
  const [signature] = signaturesOf(result);
  if (signature !== undefined) return signature;
  const { problems, checks, verdict } = result;
  const open = checks.find((check) => check.verdict === 'inconclusive');
  return `${verdict} ${problems[0]?.kind ?? (open === undefined ? '' : `check ${open.check}`)}`;
}

/** A stuck run: its signature alone does not distinguish a lost wake-up from a removed writer. */
export type Hang = Extract<Problem, { kind: 'deadlock' | 'liveness' }>;

/** Undefined if the run first failed in another way, or not at all. */
export function hangOf(result: RunResult): Hang | undefined {
  const [signature] = signaturesOf(result);
  return result.problems.find((problem): problem is Hang => isHang(problem) && problem.kind === signature);
}

/** Why nodes waited when the run was stuck; undefined if it was not, or its calls do not show the reason. */
export function waitCauseOf({ problems }: RunResult): WaitCause | undefined {
  return problems.find(isHang)?.cause;
}

function isHang(problem: Problem): problem is Hang {
  return problem.kind === 'deadlock' || problem.kind === 'liveness';
}

/** Names of errors that do not tell one defect from another; the message does. */
const GENERAL = new Set([
  'AssertionError',
  'Error',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
]);
const NODE_ERROR = 'node-error ';

/** Whether it is the signature of an error with this name that a node threw. */
export function isOfError(signature: Signature, name: string): boolean {
  return isSameSignature(signature, `${NODE_ERROR}${name}`);
}

/** Whether the failure is that of a repro; those of older versions have the name of an error alone. */
export function isSameSignature(signature: Signature | undefined, ofRepro: Signature | undefined): boolean {
  return signature === ofRepro || (ofRepro !== undefined && signature?.startsWith(`${ofRepro}: `) === true);
}

function kindOfProblem(problem: Problem, result: RunResult): string {
  switch (problem.kind) {
    case 'node-error': {
      const { name, message } = problem.error;
      const headline = GENERAL.has(name) ? headlineOf(message, namesOf(result)) : '';
      return `${NODE_ERROR}${name}${headline === '' ? '' : `: ${headline}`}`;
    }
    case 'scenario-error':
      return `scenario-error ${problem.part}`;
    default:
      return problem.kind;
  }
}
