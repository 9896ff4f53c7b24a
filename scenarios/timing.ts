/** Waits for a time from the plan, in the node's own time, and gives up after a time. */

/** Resolves after this many milliseconds. */
export function pause(pauseMs: number): Promise<void> {
  if (pauseMs === 0) return Promise.resolve();
  // eslint-disable-next-line no-restricted-globals -- the node's own timer, for a time that is part of the plan
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** Runs `body` with a signal that is aborted after this many milliseconds; without a time, never. */
export async function givingUpAfter<T>(
  limitMs: number | undefined,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  if (limitMs === undefined) return body(controller.signal);
  // eslint-disable-next-line no-restricted-globals -- the node's own timer, for a time that is part of the plan
  const timer = setTimeout(() => controller.abort(new GivenUpError(`given up after ${limitMs} ms`)), limitMs);
  try {
    return await body(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** The error of a caller that gives up; recipes promise that nothing has happened then. */
class GivenUpError extends Error {
  override readonly name = 'GivenUpError';
  readonly definite = true;
}
