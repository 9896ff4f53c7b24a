/** Which operations and messages led to the violation. Pure. */
import type { Messages } from '../../../sim/moment/messages.js';
import { unpackColumn, type ShownRun } from './unpack.js';

export interface Past {
  /** Ids. */
  readonly operations: ReadonlySet<string>;
  /** Positions in the recording's table of messages. */
  readonly messages: ReadonlySet<number>;
  /** False if causes that are further back were left out. */
  readonly isWhole: boolean;
}

/** Undefined if nothing is violated, or nothing shows what led to it. */
export function pastOf({ page: { past } }: ShownRun): Past | undefined {
  if (past === undefined) return undefined;
  return {
    operations: new Set(past.operations),
    messages: new Set(unpackColumn(past.messages)),
    isWhole: past.isWhole,
  };
}

/** What a diagram without everything else leaves out. */
export interface Rest {
  readonly operations: number;
  readonly messages: number;
}

export function restOf(past: Past, { result }: ShownRun, messages: Messages | undefined): Rest {
  return {
    operations: result.operations.filter(({ id }) => !past.operations.has(id)).length,
    messages: (messages?.count ?? 0) - past.messages.size,
  };
}

/** Whether a message belongs to it; every message does if there is no limit. */
export function isInPast(past: Past | undefined, message: number): boolean {
  return past === undefined || past.messages.has(message);
}
