/**
 * How far a sweep is, on stderr: on a terminal one line that is written over, elsewhere a plain line for each tenth
 * of the seeds and at least every ten seconds. Invariant: after `end` the cursor stands at the start of an empty line.
 */
import type { CampaignProgress } from '../explore/explore-seed.js';
import { describeSize } from '../plan/plan.js';
import type { SweepProgress } from '../explore/sweep.js';
import type { CheckProgress } from '../harness/check-progress.js';
import { describeProgress, type RunProgress } from '../harness/run-progress.js';
import { singleLine } from '../input/parsed.js';
import { formatNoun } from '../report/quantities.js';
import type { TextOutput } from './environment.js';

export interface ProgressDisplay {
  show(progress: SweepProgress): void;
  /** Clears what is still to be written over. */
  end(): void;
}

/**
 * Shows the progress of a check. Invariant: between two kinds of progress the cursor stands at the start of an empty
 * line.
 */
export class CheckDisplay {
  readonly #sweep: ProgressDisplay;
  readonly #line: LineDisplay;
  readonly #runs: RunDisplay;
  /** How far the sweep is, while one is under way. */
  #swept: SweepProgress | undefined;

  constructor(output: TextOutput) {
    this.#sweep = createProgressDisplay(output);
    this.#line = createLineDisplay(output);
    this.#runs = new RunDisplay(output);
  }

  show(progress: CheckProgress): void {
    switch (progress.kind) {
      case 'seeds':
        this.#runs.end();
        this.#swept = progress;
        return this.#sweep.show(progress);
      case 'seed':
        return;
      case 'run':
        return this.#runs.show(progress, this.#swept);
      case 'campaign':
        return this.#line.show(formatCampaign(progress.seed, progress));
      case 'shrinking':
        return this.#line.show(`shrinking: run ${progress.runs}, ${describeSize(progress.plan)}`);
      case 'explaining':
        return this.#line.show(`explaining: ${formatNoun(progress.runs, 'future')} run`);
      default:
        // A whole line follows, or a result.
        this.end();
    }
  }

  end(): void {
    this.#sweep.end();
    this.#line.end();
    this.#runs.end();
    this.#swept = undefined;
  }
}

/** Shows a run that takes long, behind how far its sweep is. */
class RunDisplay {
  readonly #output: TextOutput;
  readonly #line: LineDisplay;
  /** Of the run that is under way. */
  #shownMs = 0;

  constructor(output: TextOutput) {
    this.#output = output;
    this.#line = createLineDisplay(output);
  }

  show(progress: RunProgress, swept: SweepProgress | undefined): void {
    const { elapsedMs, scenario } = progress;
    // Another run began in between.
    if (elapsedMs < this.#shownMs) this.#shownMs = 0;
    const everyMs = this.#output.isTTY ? REWRITE_EVERY_MS : PLAIN_LINE_EVERY_MS;
    if (elapsedMs - this.#shownMs < everyMs) return;
    this.#shownMs = elapsedMs;
    const before = swept === undefined ? `${scenario}: ` : `${formatProgress(swept)}; `;
    const line = before + describeProgress(progress);
    if (this.#output.isTTY) this.#line.show(line);
    else this.#output.write(`${line}\n`);
  }

  end(): void {
    this.#line.end();
  }
}

/** The display that suits the output. */
export function createProgressDisplay(output: TextOutput): ProgressDisplay {
  return output.isTTY ? new RewrittenLine(output) : new PlainLines(output);
}

/** One line of text that says how far something is, written over on a terminal; elsewhere nothing. */
export interface LineDisplay {
  show(line: string): void;
  end(): void;
}

function createLineDisplay(output: TextOutput): LineDisplay {
  if (!output.isTTY) return { show: () => undefined, end: () => undefined };
  let isDirty = false;
  return {
    show(line) {
      isDirty = true;
      output.write(CLEAR_LINE + line.slice(0, Math.max(1, output.columns - 1)));
    },
    end() {
      if (isDirty) output.write(CLEAR_LINE);
      isDirty = false;
    },
  };
}

/**
 * `bank: 120 of 1000 seeds, 85 a second, 10 s left, 0 failed`; behind it the failures by their kinds,
 * `3 failed: 2 check sum, 1 deadlock`, and where it is at a campaign `; seed 120, 7 runs, guided`.
 */
export function formatProgress(progress: SweepProgress): string {
  const { scenario, seedsRun, seedsPlanned, failures, kinds, campaign } = progress;
  const rate = rateOf(progress);
  const left = leftMsOf(progress, rate);
  const within = campaign === undefined ? '' : `; ${formatCampaign(campaign.seed, campaign)}`;
  return [
    `${singleLine(scenario)}: ${seedsRun} of ${seedsPlanned} seeds`,
    `${rate >= 10 ? rate.toFixed(0) : rate.toFixed(1)} a second`,
    ...(left === undefined ? [] : [`${formatLeft(left)} left`]),
    `${failures} failed${kinds === undefined ? '' : `: ${formatKinds(kinds)}`}${within}`,
  ].join(', ');
}

/** How many seeds this process runs in a second. */
function rateOf({ seedsRun, seedsBefore = 0, elapsedMs }: SweepProgress): number {
  return elapsedMs > 0 ? ((seedsRun - seedsBefore) * 1000) / elapsedMs : 0;
}

/** Until all seeds have run or the time is over; undefined where that is not known, or now. */
function leftMsOf({ seedsRun, seedsPlanned, leftMs }: SweepProgress, rate: number): number | undefined {
  const seeds = seedsPlanned - seedsRun;
  if (seeds === 0) return undefined;
  const left = Math.min(rate > 0 ? (seeds * 1000) / rate : Infinity, leftMs ?? Infinity);
  return left === Infinity ? undefined : left;
}

/** `42 s`, `12 min`, `2 h 5 min`: as exact as a guess deserves. */
function formatLeft(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const KINDS_MAX = 3;

/** The most frequent ones. */
function formatKinds(kinds: ReadonlyMap<string, number>): string {
  const shown = [...kinds].sort(([, one], [, other]) => other - one);
  const rest = shown.splice(KINDS_MAX).length;
  const parts = shown.map(([kind, count]) => `${count} ${singleLine(kind)}`);
  return [...parts, ...(rest === 0 ? [] : [`and ${formatNoun(rest, 'other kind')}`])].join(', ');
}

/** `seed 120, 7 runs, guided`. */
function formatCampaign(seed: number, { runs, strategy }: CampaignProgress): string {
  return `seed ${seed}, ${formatNoun(runs, 'run')}, ${strategy}`;
}

const REWRITE_EVERY_MS = 100;
const PLAIN_LINE_EVERY_MS = 10_000;
const CLEAR_LINE = '\r\x1b[2K';

class RewrittenLine implements ProgressDisplay {
  readonly #output: TextOutput;
  #shownMs = -Infinity;
  #dirty = false;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  show(progress: SweepProgress): void {
    const last = progress.seedsRun === progress.seedsPlanned;
    if (!last && progress.elapsedMs - this.#shownMs < REWRITE_EVERY_MS) return;
    this.#shownMs = progress.elapsedMs;
    this.#dirty = true;
    // A line as wide as the terminal would wrap, and then not be written over.
    this.#output.write(CLEAR_LINE + formatProgress(progress).slice(0, Math.max(1, this.#output.columns - 1)));
  }

  end(): void {
    if (this.#dirty) this.#output.write(CLEAR_LINE);
    this.#dirty = false;
    this.#shownMs = -Infinity;
  }
}

class PlainLines implements ProgressDisplay {
  readonly #output: TextOutput;
  #shownMs = 0;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  show(progress: SweepProgress): void {
    const { seedsRun, seedsPlanned, elapsedMs, campaign } = progress;
    const tenth = seedsRun % Math.ceil(seedsPlanned / 10) === 0 || seedsRun === seedsPlanned;
    if ((!tenth || campaign !== undefined) && elapsedMs - this.#shownMs < PLAIN_LINE_EVERY_MS) return;
    this.#shownMs = elapsedMs;
    this.#output.write(`${formatProgress(progress)}\n`);
  }

  end(): void {
    // Every line is complete.
  }
}
