/** Repeats a question until it has an answer: how this folder waits for other processes. */
import { setTimeout } from 'node:timers/promises';

export interface PollOptions {
  readonly attempts: number;
  readonly intervalMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The first answer that is not undefined; undefined if every attempt failed. Rejects when aborted. */
export async function poll<T>(
  options: PollOptions,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T | undefined> {
  for (let attempt = 1; attempt <= options.attempts; attempt++) {
    options.signal?.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (attempt < options.attempts) await setTimeout(options.intervalMs);
  }
  return undefined;
}
