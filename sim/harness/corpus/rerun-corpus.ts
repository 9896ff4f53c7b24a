/**
 * Runs what the corpus keeps before a sweep begins. Invariant: what fails no longer is a regression from then on, what
 * fails again is one no longer; nothing is dropped.
 */
import { entriesFor, type CorpusEntry, type CorpusRequest, type CorpusState } from './corpus.js';
import type { Plan } from '../../plan/plan.js';
import { unlessAborted } from '../../explore/unless-aborted.js';
import type { RunResult } from '../../run/run-result.js';
import type { Scenario } from '../../scenario/scenario.js';
import { formatNoun } from '../../report/quantities.js';
import type { Repro } from '../../repro/repro.js';

/** Failures that are kept. */
export interface Corpus {
  /** Where the entry lies. */
  fileOf(entry: Pick<CorpusEntry, 'name' | 'state'>): string;
  /** The failures of the scenario that are kept. */
  read(scenario: Scenario): Promise<readonly CorpusEntry[]>;
  /** Keeps a failure, unless a faster one of its kind is kept; resolves to its file, or undefined. */
  keep(repro: Repro, scenario: Scenario): Promise<string | undefined>;
  /** A failing entry no longer fails, or a mended one fails again. */
  move(entry: CorpusEntry, state: CorpusState): Promise<void>;
}

export interface Rerun {
  readonly store: Corpus;
  readonly request: CorpusRequest & { readonly scenario: Scenario };
  /** @param replay the file of the repro */
  run(plan: Plan, replay: string): Promise<RunResult>;
  readonly signal: AbortSignal;
  /** Receives single lines for the user. */
  notice(line: string): void;
}

/** The runs that failed, the fastest first. */
export async function rerunCorpus({ store, request, run, signal, notice }: Rerun): Promise<RunResult[]> {
  const entries = entriesFor(await store.read(request.scenario), request);
  const failures: RunResult[] = [];
  for (const entry of entries) {
    if (signal.aborted) break;
    const failing = store.fileOf({ name: entry.name, state: 'failing' });
    const result = await unlessAborted(signal, () => run(entry.repro.plan, failing));
    if (result === undefined) break;
    const { signature = entry.name } = entry.repro;
    if (result.verdict === 'violated') {
      if (entry.state === 'mended') {
        await store.move(entry, 'failing');
        notice(`corpus: ${signature} of ${request.scenario.name} was fixed and fails again`);
      }
      failures.push(result);
    } else if (result.verdict === 'satisfied' && entry.state === 'failing') {
      await store.move(entry, 'mended');
      notice(
        `corpus: ${signature} of ${request.scenario.name} no longer fails; it stays as a regression test`,
      );
    }
  }
  if (entries.length > 0) {
    const failed =
      failures.length === 0
        ? 'none fails'
        : `${failures.length} still ${failures.length === 1 ? 'fails' : 'fail'}`;
    notice(
      `corpus: replayed ${formatNoun(entries.length, 'failure')} of ${request.scenario.name}, ${failed}`,
    );
  }
  return failures;
}
