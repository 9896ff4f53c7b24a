/** What a diagram begins with, what of it an address can hold, and what its user can do to the page. */
import type { Ending } from '../../../sim/report/describe-run.js';
import type { Messages } from '../../../sim/moment/messages.js';
import type { Past } from '../data/past.js';
import type { ShownRun } from '../data/unpack.js';
import type { Style } from './arrows.js';
import type { View } from './scale.js';

export interface DiagramRequest {
  readonly run: ShownRun;
  readonly messages: Messages | undefined;
  /** What led to the violation; undefined if nothing stands out. */
  readonly past: Past | undefined;
  /** Whether everything else is left out at first. Otherwise it is pale. */
  readonly isLimited: boolean;
}

/** What of a diagram an address can hold. */
export interface DiagramState {
  readonly view: View | undefined;
  readonly selected: string | undefined;
  readonly message: number | undefined;
  readonly hiddenEndings: readonly Ending[];
  readonly hiddenStyles: readonly Style[];
  readonly hiddenLanes: readonly string[];
}

export interface DiagramEvents {
  /** The user moves the cursor to a time. */
  moved(timeUs: number): void;
  step(direction: 1 | -1): void;
  stepToEnd(direction: 1 | -1): void;
  /** Shows everything, or only what led to the violation. */
  toggleRest(): void;
  /** Shows only what led to the violation. */
  hideRest(): void;
  /** Something that the address holds has changed. */
  changed(): void;
}
