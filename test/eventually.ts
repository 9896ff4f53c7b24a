/** Waits for a result of another process or connection, however slow the machine is. */
import { poll } from '../sim/backend/real/poll.js';

/** Only for a test that hangs: it then reports what it waited for, before it is ended. */
export const PATIENCE_MS = 300_000;
const INTERVAL_MS = 10;

/** Resolves with the result of `look`; rejects if it never finds anything. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadlineMs = performance.now() + PATIENCE_MS;
  const found = await poll({ attempts: Infinity, intervalMs: INTERVAL_MS }, async () => {
    const value = await look();
    if (value !== undefined) return { value };
    return performance.now() > deadlineMs ? 'never' : undefined;
  });
  if (found === undefined || found === 'never') throw new Error(`expected that ${what}`);
  return found.value;
}
