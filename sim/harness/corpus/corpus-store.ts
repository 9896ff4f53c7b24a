/**
 * The corpus on disk: a folder of repros for each state. Invariant: a file is whole or missing. One that cannot be read
 * is reported and left unchanged.
 */
import { readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { corpusName, corpusStates, isBetter, type CorpusEntry, type CorpusState } from './corpus.js';
import { messageOf } from '../../input/describe-thrown.js';
import { quote, singleLine } from '../../input/parsed.js';
import { parseRepro } from '../../repro/parse-repro.js';
import { formatRepro, type Repro } from '../../repro/repro.js';
import { makeDirectory } from '../../report/make-directory.js';
import { replaceFileDurably } from '../../report/replace-file.js';
import { defaultOptions } from '../../scenario/parse-options.js';
import type { Scenario } from '../../scenario/scenario.js';
import type { Corpus } from './rerun-corpus.js';

export class CorpusStore implements Corpus {
  readonly #directory: string;
  readonly #tell: (line: string) => void;

  /** @param tell told in one line of what cannot be read or written */
  constructor(directory: string, tell: (line: string) => void) {
    this.#directory = directory;
    this.#tell = tell;
  }

  fileOf({ name, state }: Pick<CorpusEntry, 'name' | 'state'>): string {
    return path.join(this.#directory, state, `${name}.json`);
  }

  async read(scenario: Scenario): Promise<CorpusEntry[]> {
    const entries: CorpusEntry[] = [];
    for (const state of corpusStates) {
      for (const file of await this.#filesOf(state)) {
        const entry = await this.#readEntry(state, file, scenario);
        if (entry !== undefined) entries.push(entry);
      }
    }
    return entries;
  }

  async keep(repro: Repro, scenario: Scenario): Promise<string | undefined> {
    const name = corpusName(repro, defaultOptions(scenario.options));
    const file = this.fileOf({ name, state: 'failing' });
    const kept = await this.#readEntry('failing', path.basename(file), scenario, 'quietly');
    if (!isBetter(repro, kept?.repro)) return undefined;
    return (await this.#attempt(file, async () => {
      await makeDirectory(path.dirname(file));
      await replaceFileDurably(file, formatRepro(repro));
    }))
      ? file
      : undefined;
  }

  async move(entry: CorpusEntry, state: CorpusState): Promise<void> {
    const from = this.fileOf(entry);
    const taken = new Set(await this.#filesOf(state));
    let { name } = entry;
    for (let count = 2; taken.has(`${name}.json`); count++) name = `${entry.name}-${count}`;
    const to = this.fileOf({ name, state });
    await this.#attempt(to, async () => {
      await makeDirectory(path.dirname(to));
      await rename(from, to);
    });
  }

  async #filesOf(state: CorpusState): Promise<string[]> {
    try {
      const names = await readdir(path.join(this.#directory, state));
      return names.filter((name) => name.endsWith('.json')).sort();
    } catch {
      return [];
    }
  }

  async #readEntry(
    state: CorpusState,
    base: string,
    scenario: Scenario,
    how: 'told' | 'quietly' = 'told',
  ): Promise<CorpusEntry | undefined> {
    const file = path.join(this.#directory, state, base);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (how === 'told') this.#tell(`cannot read ${quote(file)}: ${reasonOf(error)}`);
      return undefined;
    }
    if (!isOfScenario(text, scenario.name)) return undefined;
    const parsed = parseRepro(text, [scenario]);
    if (parsed.kind === 'malformed') {
      if (how === 'told') this.#tell(`skipped ${quote(file)}: ${parsed.message}`);
      return undefined;
    }
    return { name: base.replace(/\.json$/, ''), state, repro: parsed.value.repro };
  }

  /** A corpus that cannot be written does not spoil a result. */
  async #attempt(file: string, action: () => Promise<void>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#tell(`cannot keep ${quote(file)}: ${reasonOf(error)}`);
      return false;
    }
  }
}

/** Repros of other scenarios do not concern this sweep; a file that is no repro at all does, and is reported. */
function isOfScenario(text: string, name: string): boolean {
  try {
    const { plan } = JSON.parse(text) as { readonly plan?: { readonly scenario?: unknown } };
    return plan?.scenario === undefined || plan.scenario === name;
  } catch {
    return true;
  }
}

function reasonOf(error: unknown): string {
  return singleLine(messageOf(error));
}
