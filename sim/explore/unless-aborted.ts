/** What an action gives; undefined where the signal is aborted by then, for what was cut short says nothing. */
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
