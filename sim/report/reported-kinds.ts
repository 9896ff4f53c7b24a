/** The kinds of failure of a scenario, for reporters that name each. Invariant: violations come first. */
import { firstMessage } from '../run/first-finding.js';
import { failureKindOf } from '../run/signature.js';
import type { RunResult, Verdict } from '../run/run-result.js';
import type { ScenarioReport } from './reporter.js';

export interface KindOfFailure {
  readonly signature: string;
  readonly verdict: Exclude<Verdict, 'satisfied'>;
  /** Ascending. */
  readonly seeds: readonly number[];
  /** Of the first of them. */
  readonly message: string;
  /** The shell command that shows it: of the smallest run, if there is one. */
  readonly replay: string;
  /** Whether an earlier command has found it. */
  readonly isKnown: boolean;
}

export function kindsOf({
  run,
  sweep,
  known,
  failures,
}: Pick<ScenarioReport, 'run' | 'sweep' | 'known' | 'failures'>): readonly KindOfFailure[] {
  const kinds = new Map<string, KindOfFailure & { readonly seeds: number[] }>();
  const add = (found: Omit<KindOfFailure, 'seeds'>, seed: number) => {
    const kind = kinds.get(found.signature);
    if (kind === undefined) kinds.set(found.signature, { ...found, seeds: [seed] });
    else kind.seeds.push(seed);
  };
  if (known !== undefined) addRun(known, true);
  if (run !== undefined) addRun(run, false);
  const [shown] = failures;
  for (const { seed, ...finding } of sweep?.failures ?? []) {
    const isShown = finding.signature === shown?.signature;
    const replay = (isShown ? sweep?.shrunk?.replay : undefined) ?? finding.replay;
    add({ ...finding, replay, isKnown: false }, seed);
  }
  const all = [...kinds.values()];
  return [
    ...all.filter(({ verdict }) => verdict === 'violated'),
    ...all.filter(({ verdict }) => verdict !== 'violated'),
  ];

  function addRun(result: RunResult, isKnown: boolean): void {
    const { verdict, plan, replay } = result;
    if (verdict === 'satisfied') return;
    const found = {
      signature: failureKindOf(result),
      verdict,
      message: firstMessage(result),
      replay,
      isKnown,
    };
    add(found, plan.seed);
  }
}

/** `12, 40, 51 and 3 more`. */
export function listSeeds(seeds: readonly number[], max = 5): string {
  const shown = seeds.slice(0, max).join(', ');
  return seeds.length > max ? `${shown} and ${seeds.length - max} more` : shown;
}
