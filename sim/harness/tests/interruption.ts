/** Says how far a test was when its runner ended it: the runner itself says that the time was over, and no more. */
import { singleLine } from '../../input/parsed.js';
import { firstMessage } from '../../run/first-finding.js';
import type { RunResult } from '../../run/run-result.js';
import type { CheckProgress } from '../check-progress.js';

export class Interruption {
  readonly #title: string;
  readonly #replayOf: (seed: number) => string;
  #next: number;
  #ran = 0;
  #failed: RunResult | undefined;

  /** @param replayOf the shell command that runs a seed alone */
  constructor(title: string, firstSeed: number, replayOf: (seed: number) => string) {
    this.#title = title;
    this.#next = firstSeed;
    this.#replayOf = replayOf;
  }

  listen(progress: CheckProgress): void {
    if (progress.kind === 'seed') {
      this.#next = progress.record.seed + 1;
      this.#ran += 1;
    }
    if (progress.kind === 'failed') this.#failed ??= progress.result;
  }

  /** One line. */
  get line(): string {
    const ended = `sim: ${singleLine(this.#title)} was ended by its runner`;
    if (this.#failed !== undefined) {
      const { plan, verdict } = this.#failed;
      const why = singleLine(firstMessage(this.#failed));
      return `${ended}; seed ${plan.seed} is ${verdict}: ${why}; ${this.#replayOf(plan.seed)}`;
    }
    return `${ended} after ${this.#ran} seeds, in seed ${this.#next}; ${this.#replayOf(this.#next)}`;
  }
}
