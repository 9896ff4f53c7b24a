/**
 * A fault happens at a time, but its target moves when earlier operations are removed. Anchoring moves the
 * faults along. It compares the failing run with a run of the smaller plan, and shifts every fault as far as
 * an operation of the witness has moved. If that operation has become shorter, the fault moves to the same
 * part of it.
 */
import type { Operation } from '../../history/history.js';
import type { RunResult } from '../../run/run-result.js';
import type { Plan } from '../../plan/plan.js';
import { witnessOf } from '../../run/first-finding.js';

/** How many shifts are tried. */
const ANCHORS_MAX = 3;

/** The smaller plan with its faults moved, once for each anchor that has moved by a different distance. */
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

/** By its id, unless that now names another operation: those of a test are numbered as they come. */
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

/** How far faults that began during the operation have to move to begin in the same part of it. */
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
