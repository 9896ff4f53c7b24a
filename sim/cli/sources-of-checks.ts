/**
 * Where the checks of a scenario are written, for those who annotate code. A ready-made check is written in the simulator;
 * its place is the function of the scenario that lists it. Invariant: a place within the simulator is none.
 */
import type { SourceLine } from '../report/reporter.js';
import type { OptionValues } from '../plan/options.js';
import type { RunResult } from '../run/run-result.js';
import type { Scenario } from '../scenario/scenario.js';
import { placeOf } from '../watchdog/function-place.js';
import { firstOutside, outside } from './outside.js';

/** By the signatures of the failures. */
export function sourcesOf(
  scenario: Scenario,
  options: OptionValues,
  failures: readonly { readonly signature: string; readonly result: RunResult | undefined }[],
): Readonly<Record<string, SourceLine>> {
  const found: [string, SourceLine][] = [];
  for (const { signature, result } of failures) {
    const source = ofCheck(scenario, options, signature) ?? (result && ofThrown(result));
    if (source !== undefined) found.push([signature, source]);
  }
  return Object.fromEntries(found);
}

function ofCheck(scenario: Scenario, options: OptionValues, signature: string): SourceLine | undefined {
  const check = scenario.checks(options).find(({ name }) => signature.endsWith(`check ${name}`));
  if (check === undefined) return undefined;
  return outside(placeOf(check.check)) ?? outside(placeOf(scenario.checks));
}

/** The first line of a node's own code. */
function ofThrown({ problems }: RunResult): SourceLine | undefined {
  for (const problem of problems) {
    const source = problem.kind === 'node-error' ? firstOutside(problem.stack) : undefined;
    if (source !== undefined) return source;
  }
  return undefined;
}
