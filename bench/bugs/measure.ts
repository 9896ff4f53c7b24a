/** Does one cell in the calling process. */
import { START_STRIDE } from '../../sim/explore/canary.js';
import type { Scenario } from '../../sim/scenario/scenario.js';
import { subjects } from './subjects.js';
import type { Cell, Measurement, Shrinking } from './cells.js';
import { detect, measureCpu } from './detect.js';
import { explainSmallest, firstFailure, shrinkFailure } from './first-failure.js';

export async function measure(cell: Cell): Promise<Measurement> {
  const specimen = subjects.find(({ name }) => name === cell.specimen);
  if (specimen === undefined) throw new Error(`no specimen ${cell.specimen}`);
  switch (cell.kind) {
    case 'detection':
      return { cell, starts: await detect(specimen, cell) };
    case 'shrinking': {
      const starts: Shrinking[] = [];
      for (let start = 0; start < cell.starts; start++)
        starts.push(await shrinkFrom(specimen, start * START_STRIDE));
      return { cell, starts };
    }
    default:
      return cell satisfies never;
  }
}

async function shrinkFrom(specimen: Scenario, first: number): Promise<Shrinking> {
  const failure = await firstFailure(specimen, first);
  const { value, cpuSeconds } = await measureCpu(async () => {
    const shrunk = await shrinkFailure(specimen, failure);
    return { ...shrunk, explanation: await explainSmallest(specimen, shrunk.smallest.plan) };
  });
  const { nodes, faults } = value.smallest.plan;
  return {
    operations: nodes.reduce((sum, node) => sum + node.operations.length, 0),
    faults: faults.length,
    nodes: nodes.length,
    runs: value.runs,
    complete: value.complete,
    cpuSeconds,
    explainRuns: value.explanation?.runs ?? 0,
  };
}
