/**
 * The corpus: failures that were found once, to be run again first. Invariant: of one scenario with the same options it
 * keeps one repro for each signature, the one that fails fastest, and of equals the smallest. A mended failure stays as a
 * regression test.
 */
import { kindOf } from '../../faults/index.js';
import type { Repro } from '../../repro/repro.js';
import type { OptionSpecs, OptionValues } from '../../plan/options.js';
import type { EtcdVersion } from '../../etcd/version.js';
import { subjectOf } from '../../report/run-name.js';
import { selects, type FaultSelection } from '../../explore/fault-selection.js';

/** `failing` until a run of it does not fail any more, `mended` from then on. */
export const corpusStates = ['failing', 'mended'] as const;
export type CorpusState = (typeof corpusStates)[number];

export interface CorpusEntry {
  /** Unique within the corpus, in every state: see {@link corpusName}. */
  readonly name: string;
  readonly state: CorpusState;
  readonly repro: Repro;
}

/** The sweep that is about to begin. */
export interface CorpusRequest {
  readonly scenario: { readonly name: string; readonly options: OptionSpecs };
  readonly options: OptionValues;
  readonly faults: FaultSelection;
  readonly etcdVersion: EtcdVersion;
}

/** Those that belong to the sweep, the fastest first. */
export function entriesFor(entries: readonly CorpusEntry[], request: CorpusRequest): CorpusEntry[] {
  return entries
    .filter(({ repro }) => isOf(repro, request))
    .sort(
      (left, right) =>
        left.repro.trace.events - right.repro.trace.events || (left.name < right.name ? -1 : 1),
    );
}

function isOf({ plan }: Repro, { scenario, options, faults, etcdVersion }: CorpusRequest): boolean {
  return (
    plan.scenario === scenario.name &&
    plan.etcdVersion === etcdVersion &&
    isPartOf(plan.options, options, scenario.options) &&
    plan.faults.every((fault) => selects(faults, kindOf(fault).kind))
  );
}

/** Such as `bank-check-once`, and with what its options say that is not by default. */
export function corpusName(repro: Repro, defaults: OptionValues): string {
  const { plan, signature = 'failure' } = repro;
  const options = Object.entries(plan.options)
    .filter(([name, value]) => value !== defaults[name])
    .map(([name, value]) => `${name}-${String(value)}`)
    .sort();
  const words = [subjectOf(repro), ...options, signature, plan.etcdVersion];
  return words
    .join(' ')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}

/** Whether the repro is to take the place of what is kept under its name. */
export function isBetter(repro: Repro, kept: Repro | undefined): boolean {
  if (kept === undefined) return true;
  const more = repro.trace.events - kept.trace.events;
  return more < 0 || (more === 0 && sizeOf(repro) < sizeOf(kept));
}

/** Faults that never began cost no event, and hide those that matter. */
function sizeOf({ plan }: Repro): number {
  return plan.nodes.reduce((sum, { operations }) => sum + operations.length, plan.faults.length);
}

/** Whether the options are those, but for what shrinking may have made smaller. */
function isPartOf(kept: OptionValues, asked: OptionValues, specs: OptionSpecs): boolean {
  const names = Object.keys({ ...kept, ...asked });
  return names.every((name) => {
    const [value, whole, spec] = [kept[name], asked[name], specs[name]];
    if (value === whole) return true;
    const shrinks = spec?.type === 'integer' && spec.shrinks === true;
    return shrinks && typeof value === 'number' && typeof whole === 'number' && value < whole;
  });
}
