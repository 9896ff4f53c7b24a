/**
 * The causal past of a check's finding in a run, with the faults that hit it; only if the run recorded its
 * calls.
 */
import type { RunResult } from '../../run/run-result.js';
import { causalPast } from './causal-past.js';
import { textOf } from './fault-by-hand.js';
import type { ActingFault, CausalPast, Witness } from './recorded-run.js';

/** Undefined if the run has no record of its calls. */
export function pastOfRun(result: RunResult, witness: Witness): CausalPast | undefined {
  const { calls, operations, log, incidents = [], outsideKeys = [], problems, recording } = result;
  if (calls === undefined) return undefined;
  const hang = problems.find(({ kind }) => kind === 'deadlock' || kind === 'liveness');
  const stuck = hang !== undefined && 'nodes' in hang ? hang.nodes : undefined;
  const faults = actingFaults(result);
  const { revision = [], timeUs = [] } = recording?.commits ?? {};
  const madeUs = new Map(revision.map((made, row) => [made, timeUs[row] ?? 0]));
  const run = { calls, operations, log, incidents, outsideKeys, faults, madeUs };
  return causalPast(stuck === undefined ? run : { ...run, stuck }, witness);
}

/**
 * Faults of one kind that act on one node at the same time, such as on its links to all members, count as
 * one.
 */
function actingFaults({ faults }: RunResult): ActingFault[] {
  const groups = new Map<string, { readonly texts: string[]; readonly fault: Omit<ActingFault, 'text'> }>();
  for (const { kind, text, node, hits, startedUs, endedUs, byHand, lifted, revoked } of faults) {
    if (startedUs === undefined || lifted === true || (hits === 0 && byHand !== true)) continue;
    const fault = {
      ...{ fromUs: startedUs, untilUs: endedUs ?? Infinity },
      ...(/^(node|clock)-/.test(kind)
        ? { toProcess: kind === 'node-crash' ? ('crash' as const) : ('other' as const) }
        : {}),
      ...(node === undefined ? {} : { node }),
      ...(byHand === undefined ? {} : { byHand }),
      ...(revoked === undefined ? {} : { revoked }),
    };
    const name = JSON.stringify([kind, fault]);
    const group = groups.get(name) ?? { texts: [], fault };
    groups.set(name, group);
    group.texts.push(text);
  }
  return [...groups.values()].map(({ texts, fault }) => ({ text: textOf([...new Set(texts)]), ...fault }));
}
