/**
 * The result of an action; undefined if the signal is aborted by then, because an interrupted action proves
 * nothing.
 */
export async function unlessAborted<T>(
  signal: AbortSignal,
  action: () => Promise<T>,
): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  try {
    const value = await action();
    return signal.aborted ? undefined : value;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
