/**
 * One node's work: its rounds in lanes that share a session. Invariant: between the return of `lock` and the
 * invocation of `unlock` the node believes that it holds the lock. As soon as it learns otherwise, it invokes
 * `unlock`.
 */
import { SharedSession } from '../shared-session.js';
import { givingUpAfter, pause } from '../timing.js';
import type { Held, LockSession, OpenLocker } from './handle.js';
import type { LockContext, LockRound, RoundInput } from './plan.js';

/** Where the holder of a lock writes its fencing token. */
export const GUARDED = 'guarded/';

/** Rare situations of locks. */
export const LOCK_MARKS = [
  'a lock is lost while it is held',
  'a try finds the lock taken',
  'a wait ends without the lock',
] as const;

export async function workOnLocks(
  context: LockContext,
  openLocker: OpenLocker,
  operations: readonly LockRound[],
): Promise<void> {
  const locker = openLocker(context);
  const sessions = new SharedSession(() => locker.openSession());
  const lanes = context.options.lanes;
  const writing: Writing = [];
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      for (const [index, operation] of operations.entries()) {
        if (index % lanes === lane) await playRound(context, { sessions, writing }, operation);
      }
    }),
  );
  await Promise.all(writing);
  await sessions.close();
  locker.end();
}

/** A holder releases a lost lock while its write is still under way. */
type Writing = Promise<unknown>[];

async function playRound(
  context: LockContext,
  shared: { readonly sessions: SharedSession<LockSession>; readonly writing: Writing },
  planned: LockRound,
): Promise<void> {
  const round = planned.input;
  const { lock, mode } = round;
  await pause(round.afterMs);
  const session = await shared.sessions.get();
  let held: Held | undefined;
  await context.perform(
    { id: `${planned.id}.lock`, name: 'lock', input: { lock, mode, tries: round.tries } },
    async () => {
      held = await getLock(session, round);
      if (held === undefined) return { output: null };
      const { key, token, granted } = held;
      return { output: { key, token, granted } };
    },
    { isOneCall: true },
  );
  if (held === undefined) {
    context.mark(round.tries ? 'a try finds the lock taken' : 'a wait ends without the lock');
    return;
  }
  await hold(context, planned.id, round, { held, writing: shared.writing });
  if (held.lost.aborted) context.mark('a lock is lost while it is held');
  const input = { lock, mode, lost: held.lost.aborted };
  const letGo = async () => {
    if (round.end === 'close') await session.close();
    else await held?.unlock();
    // If the session was lost in the meantime, its lease deletes the remaining keys later.
    return { output: { gone: round.end === 'close' || session.alive } };
  };
  await context.perform({ id: `${planned.id}.unlock`, name: 'unlock', input }, letGo, { isOneCall: true });
}

function getLock(session: LockSession, round: RoundInput): Promise<Held | undefined> {
  const { lock, mode, tries, giveUpAfterMs } = round;
  if (tries) return session.tryLock(lock, mode);
  return givingUpAfter(giveUpAfterMs ?? undefined, (signal) => session.lock(lock, mode, signal));
}

/** A holder's work: it writes what the lock guards, until it learns that the lock is lost. */
async function hold(
  context: LockContext,
  id: string,
  round: RoundInput,
  { held, writing }: { readonly held: Held; readonly writing: Writing },
): Promise<void> {
  const lost = new Promise<void>((resolve) => {
    if (held.lost.aborted) resolve();
    held.lost.addEventListener('abort', () => resolve(), { once: true });
  });
  const work = async () => {
    if (round.mode === 'write') {
      const write = writeGuarded(context, id, round.lock, held);
      writing.push(write);
      await write;
    }
    await pause(round.holdMs);
  };
  await Promise.race([work(), lost]);
}

async function writeGuarded(context: LockContext, id: string, lock: string, held: Held): Promise<void> {
  const { key, token } = held;
  const place = context.client.namespace(context.prefix);
  await context.perform({ id: `${id}.write`, name: 'write', input: { lock, token } }, async () => {
    const reply = await place
      .if(key, 'Create', '==', token)
      .then(place.put(GUARDED + lock).value(String(token)))
      .commit();
    return {
      output: { accepted: reply.succeeded },
      ...(reply.succeeded ? { revision: Number(reply.header.revision) } : {}),
    };
  });
}
