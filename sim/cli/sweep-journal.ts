/**
 * The journal of a command that runs a sweep: where it lies, and that it belongs to the same sweep where it is continued.
 */
import path from 'node:path';
import { differenceOf, headerOf, type Origin, type SweepHeader } from '../harness/sweep/header.js';
import type { ReadJournal } from '../harness/sweep/journal-file.js';
import { InputError, quote } from '../input/parsed.js';
import { sweepName } from '../report/run-name.js';
import { JOURNAL } from './arguments/resumed.js';
import { argumentsOf, type GivenTexts } from './arguments/parse-arguments.js';
import { replayArguments, type Pinned } from './arguments/replay-arguments.js';
import type { ChosenRuns } from './arguments/run-parameters.js';
import { shortPath, type Presenter } from './present.js';
import type { Journal } from './use-cases.js';

/** A command that may sweep. */
export interface SweepCommand extends Presenter {
  readonly runs: ChosenRuns;
  /** After how many violated seeds the command ends; Infinity for never. */
  readonly bail: number;
  readonly pinned: Pinned;
  /** The flags that were given. */
  readonly given: GivenTexts;
  /** The journal of the sweep that is resumed. */
  readonly resumed: ReadJournal | undefined;
  /** Undefined for one seed, and where no commit is known. */
  readonly origin: Origin | undefined;
}

export interface OpenJournal extends Journal {
  /** Its folder, as the user would write it. */
  readonly folder: string;
}

/** What the command sweeps over. */
export function headerOfCommand({ runs, bail, given, origin }: SweepCommand): SweepHeader {
  const { scenarios, seeds, shard } = runs;
  const backend = scenarios[0]?.backend ?? 'simulated';
  return headerOf({ scenarios, backend, seeds, shard, bail, words: argumentsOf(given), origin });
}

/**
 * Where the journal of the command lies; undefined where it runs one seed, or keeps no report.
 *
 * @throws InputError where it would continue the journal of another sweep
 */
export function journalFileOf(command: SweepCommand): string | undefined {
  const { runs, presentation, environment, resumed } = command;
  const { seeds } = runs;
  if (resumed !== undefined) {
    const header = headerOfCommand(command);
    const difference = differenceOf(resumed.header, header) ?? differenceOfShards(resumed.header, header);
    if (difference !== undefined) {
      const folder = shortPath(environment.cwd, path.dirname(resumed.file));
      throw new InputError(`cannot resume ${quote(folder, 200)}: ${difference}`);
    }
  }
  if (resumed !== undefined) return resumed.file;
  if (seeds.first === seeds.last || presentation.reportDirectory === undefined) return undefined;
  return path.resolve(environment.cwd, presentation.reportDirectory, nameOf(command), JOURNAL);
}

/** Begins the journal, or continues the one that is resumed. */
export async function openJournal(command: SweepCommand, file: string): Promise<OpenJournal> {
  const { environment, useCases, resumed } = command;
  const journal = await useCases.openJournal({
    ...{ file, header: headerOfCommand(command), resumed },
    host: {
      nowMs: () => environment.nowMs(),
      notice: (line) => environment.stderr.write(`sim: ${line}\n`),
    },
  });
  return {
    folder: shortPath(environment.cwd, path.dirname(file)),
    of: (scenario) => journal.of(scenario),
    close: () => journal.close(),
  };
}

function nameOf({ runs, pinned }: SweepCommand): string {
  const [first, ...others] = runs.scenarios;
  if (first === undefined) throw new Error('a command runs at least one scenario');
  // Behind --seed and --scenario.
  const rest = replayArguments(first, runs.seeds.first, pinned).slice(4);
  if (runs.shard !== undefined) rest.push(`part ${runs.shard.index} of ${runs.shard.of}`);
  return sweepName(others.length > 0 ? 'all' : first.scenario.name, runs.seeds, rest);
}

function differenceOfShards(wanted: SweepHeader, got: SweepHeader): string | undefined {
  const textOf = ({ shard }: SweepHeader) => (shard === undefined ? 'none' : `${shard.index}/${shard.of}`);
  const [one, other] = [textOf(wanted), textOf(got)];
  return one === other ? undefined : `shard: expected ${one}, got ${other}`;
}
