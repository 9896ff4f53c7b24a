/** What the violations of real runs depend on: each failure of the documentation, and a run that holds. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenarios, specimens } from '../../../scenarios/index.js';
import { createSimulatedBackend } from '../../../sim/backend/simulated.js';
import { witnessOf } from '../../../sim/explore/explain/witness-of.js';
import { runPlan } from '../../../sim/harness/run-plan.js';
import { pastOfViolation } from '../../../sim/report/past/past-of-violation.js';
import { parseRepro } from '../../../sim/repro/parse-repro.js';
import type { RunResult } from '../../../sim/run/run-result.js';
import { buildRun } from '../fixture.js';
import { recordedRun } from '../recorded-run.js';

const REPROS = path.resolve(import.meta.dirname, '../../../docs/examples/repros');

async function failureOf(file: string): Promise<RunResult> {
  const read = parseRepro(readFileSync(path.join(REPROS, file), 'utf8'), [...scenarios, ...specimens]);
  if (read.kind === 'malformed') throw new Error(read.message);
  const { repro, scenario } = read.value;
  return runPlan({
    ...{ scenario, plan: repro.plan, backend: createSimulatedBackend(), budget: repro.budget },
    ...{ stacks: false, replay: '', signal: new AbortController().signal },
    ...{ recordCalls: true, recordRun: true },
  });
}

describe('the past of a violation', () => {
  it.each(readdirSync(REPROS))('holds the witness of %s, and not all of its run', async (file) => {
    const result = await failureOf(file);
    const past = pastOfViolation(result);
    const { operations, nodes = [] } = witnessOf(result);
    for (const id of operations) expect(past?.operations).toContain(id);
    for (const { node } of nodes) {
      const last = result.operations.findLast((operation) => operation.node === node);
      expect(past?.operations).toContain(last?.id);
    }
    expect(past?.isWhole).toBe(true);
    const { size = 0 } = past?.messages ?? {};
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(result.recording?.messages.call.length ?? 0);
    expect(pastOfViolation(await failureOf(file))).toEqual(past);
  });

  it('is the operations of the witness without a recording', () => {
    const past = pastOfViolation(buildRun({ violated: true }));
    expect(past?.operations.size).toBeGreaterThan(0);
    expect(past?.messages.size).toBe(0);
  });

  it('is nothing in a run that holds', async () => {
    expect(pastOfViolation(buildRun())).toBeUndefined();
    const waiting = buildRun({ deadlockedNodes: 1 });
    expect(pastOfViolation(waiting)?.operations.size).toBeGreaterThan(0);
    expect(pastOfViolation({ ...waiting, verdict: 'inconclusive' })).toBeUndefined();
    expect(pastOfViolation(await recordedRun({ scenario: 'queue' }))).toBeUndefined();
  });
});
