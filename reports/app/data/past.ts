/** Which operations, calls and messages led to the violation. Pure. */
import type { Messages } from '../../../sim/moment/messages.js';
import type { ShownRun } from './unpack.js';

export interface Past {
  /** Ids. */
  readonly operations: ReadonlySet<string>;
  /** Positions in the recording's table of calls. */
  readonly calls: ReadonlySet<number>;
}

/** Undefined if nothing is violated, or nothing shows what led to it. */
export function pastOf({ recording, page, result }: ShownRun): Past | undefined {
  if (page.past.length === 0) return undefined;
  const operations = new Set(page.past);
  const calls = new Set<number>();
  if (recording !== undefined) {
    const own = new Set(recording.operations.flatMap((id, at) => (operations.has(id) ? [at] : [])));
    // Steps outside of any operation are known by their node and time.
    const steps = new Set(
      (result.explanation?.past ?? [])
        .flatMap((step) => [step, ...(step.folded ?? [])])
        .filter(({ operation }) => operation === undefined)
        .map(({ node, timeUs }) => `${timeUs} ${node}`),
    );
    const { caller, operation, startUs, endUs } = recording.calls;
    caller.forEach((node, at) => {
      const name = recording.actors[node] ?? '';
      const isStep = [startUs[at], endUs[at]].some((timeUs) => steps.has(`${timeUs} ${name}`));
      if (own.has(operation[at] ?? -1) || isStep) calls.add(at);
    });
  }
  return { operations, calls };
}

/** Whether a message belongs to it; every message does if there is no limit. */
export function isInPast(past: Past | undefined, messages: Messages, message: number): boolean {
  return past === undefined || past.calls.has(messages.call[message] ?? -1);
}
