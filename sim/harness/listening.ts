/**
 * Tells a caller's listener how far its work is. Invariant: what the listener throws, or its promise rejects with, ends the
 * work between two events and is the error of the whole; nothing of it is left unhandled.
 */
import { currentNode } from '../engine/node.js';
import { InputError, quote } from '../input/parsed.js';
import type { CheckProgress, ProgressListener } from './check-progress.js';

/** What the caller gave. */
export interface Listened {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** What the work gets in its place. */
export interface Listening {
  /** Aborted with the caller's, and when the listener fails. */
  readonly signal: AbortSignal;
  /** Never throws; its promise resolves once the listener has ended, in whichever way. */
  readonly onProgress: ((progress: CheckProgress) => Promise<void>) | undefined;
}

/**
 * Does the work; it ends after all promises of the listener.
 *
 * @throws InputError in a node: a simulation within it would wait for time that cannot pass
 */
export async function listening<T>(
  { signal, onProgress }: Listened,
  work: (given: Listening) => Promise<T>,
): Promise<T> {
  const node = currentNode();
  if (node !== undefined) {
    throw new InputError(
      `expected to begin a simulation outside of every other, got a call by ${quote(node.name)} of one that runs`,
    );
  }
  const stop = new AbortController();
  const follow = (): void => stop.abort(signal?.reason);
  if (signal?.aborted === true) follow();
  signal?.addEventListener('abort', follow, { once: true });
  const told = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const tell = async (listener: ProgressListener, progress: CheckProgress): Promise<void> => {
    try {
      await listener(progress);
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
    }
  };
  try {
    return await work({
      signal: stop.signal,
      onProgress:
        onProgress &&
        ((progress) => {
          // Once it has failed, it is called no more.
          if (failure !== undefined) return Promise.resolve();
          const telling = tell(onProgress, progress).finally(() => told.delete(telling));
          told.add(telling);
          return telling;
        }),
    });
  } finally {
    await Promise.all(told);
    signal?.removeEventListener('abort', follow);

    if (failure !== undefined) throw failure.error;
  }
}
