/**
 * Faults happen at a time, and what they must meet moves when operations before it are removed. Anchoring moves the
 * faults along: it holds the failing run against a run of the smaller plan and shifts every fault as far as an
 * operation of the witness has moved, or to the same part of it where it has become shorter.
 */
import type { Operation } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';
import type { Plan } from '../../plan/plan.js';
import { witnessOf } from '../../run/first-finding.js';

/** At most so many shifts are tried. */
const ANCHORS_MAX = 3;

/** The smaller plan with its faults moved, once for each anchor that has moved in another way. */
export function anchored(plan: Plan, failing: RunResult, smaller: RunResult): Plan[] {
  if (plan.faults.length === 0) return [];
  const shifts = witnessOf(failing).flatMap((id) => {
    const before = operationOf(failing, id);
    const after = before && sameOperation(smaller, before);
    if (before === undefined || after === undefined) return [];
    return [after.invoke.timeUs - before.invoke.timeUs, ...intoSamePart(failing, before, after)];
  });
  return [...new Set(shifts)]
    .filter((shiftUs) => shiftUs !== 0)
    .slice(0, ANCHORS_MAX)
    .map((shiftUs) => ({
      ...plan,
      faults: plan.faults.map((fault) => ({
        ...fault,
        atMs: Math.max(0, Math.round(fault.atMs * 1000) + shiftUs) / 1000,
      })),
    }));
}

function operationOf({ operations }: RunResult, id: string): Operation | undefined {
  return operations.find((operation) => operation.id === id);
}

/** By its id, unless that is another operation now: those of a test are counted as they come. */
function sameOperation({ operations }: RunResult, before: Operation): Operation | undefined {
  const { id, node, name } = before;
  const input = JSON.stringify(before.input);
  const alike = operations.filter(
    (one) => one.node === node && one.name === name && JSON.stringify(one.input) === input,
  );
  return (
    alike.find((one) => one.id === id) ?? alike.at(-1) ?? operations.find((operation) => operation.id === id)
  );
}

/** How far faults have to move that began in the midst of the operation to begin in the same part of it. */
function intoSamePart({ faults }: RunResult, before: Operation, after: Operation): number[] {
  if (before.return === undefined || after.return === undefined) return [];
  const [fromUs, untilUs] = [before.invoke.timeUs, before.return.timeUs];
  return faults.flatMap(({ startedUs }) => {
    if (startedUs === undefined || startedUs <= fromUs || startedUs >= untilUs) return [];
    const tookUs = (after.return?.timeUs ?? 0) - after.invoke.timeUs;
    const intoUs = Math.floor(((startedUs - fromUs) * tookUs) / (untilUs - fromUs));
    return [after.invoke.timeUs + intoUs - startedUs];
  });
}
