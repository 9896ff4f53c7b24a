/**
 * One node's work at its double barrier. Invariant: it enters as often as planned, however often that fails.
 * It continues to enter and leave until every member is done, because each round needs all members.
 */
import { givingUpAfter, pause } from '../timing.js';
import type {
  DoubleBarrierHandle,
  DoubleBarrierMaker,
  DoubleBarrierSession,
  OpenDoubleBarriers,
} from './handle.js';
import type { DoubleBarrierContext, DoubleBarrierRound, RoundInput } from './plan.js';

const PAUSE_AFTER_FAILURE_MS = 50;
const LOOK_EVERY_MS = 50;

/** The prefix under which each node reports that its rounds are done. */
const DONE = 'done/';

export async function workAtDoubleBarrier(
  context: DoubleBarrierContext,
  open: OpenDoubleBarriers,
  operations: readonly DoubleBarrierRound[],
): Promise<void> {
  const [first] = operations;
  if (first === undefined) return;
  const { barrier } = first.input;
  const maker = open(context);
  const sessions = new Sessions(maker, barrier, context.options.count);
  for (const operation of operations) {
    await pause(operation.input.afterMs);
    await playRound(context, sessions, operation.id, operation.input, undefined);
  }
  await keepCompany(context, sessions, { barrier, id: operations.at(-1)?.id ?? first.id });
  await sessions.close();
  maker.end();
}

/** The node's session and its handle; new ones if the session was closed or lost. */
class Sessions {
  readonly #maker: DoubleBarrierMaker;
  readonly #barrier: string;
  readonly #count: number;
  #session: DoubleBarrierSession | undefined;
  #handle: DoubleBarrierHandle | undefined;

  constructor(maker: DoubleBarrierMaker, barrier: string, count: number) {
    this.#maker = maker;
    this.#barrier = barrier;
    this.#count = count;
  }

  async handle(): Promise<DoubleBarrierHandle> {
    for (;;) {
      if (this.#session?.alive === true && this.#handle !== undefined) return this.#handle;
      try {
        this.#session = await this.#maker.openSession();
        this.#handle = this.#session.open(this.#barrier, this.#count);
      } catch {
        await pause(PAUSE_AFTER_FAILURE_MS);
      }
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    await session?.close();
  }
}

/** Enters, stays and leaves; resolves to false if `over` was aborted before it was let in. */
async function playRound(
  context: DoubleBarrierContext,
  sessions: Sessions,
  id: string,
  round: RoundInput,
  over: AbortSignal | undefined,
): Promise<boolean> {
  const { barrier } = round;
  for (let attempt = 1; ; attempt++) {
    const handle = await sessions.handle();
    const limitMs = attempt === 1 ? (round.giveUpAfterMs ?? undefined) : undefined;
    const entered = await context.perform(
      { id: `${id}.enter${attempt === 1 ? '' : attempt}`, name: 'enter', input: { barrier } },
      async () => {
        if (over === undefined) await givingUpAfter(limitMs, (signal) => handle.enter(signal, false));
        else await handle.enter(over, true);
        return { output: null };
      },
      { isOneCall: true },
    );
    if (entered !== undefined) {
      await pause(round.stayMs);
      await end(context, sessions, id, round, handle);
      return true;
    }
    if (over?.aborted === true) return false;
    context.count('attempts that had to be repeated');
    await pause(PAUSE_AFTER_FAILURE_MS);
  }
}

async function end(
  context: DoubleBarrierContext,
  sessions: Sessions,
  id: string,
  { barrier, end: how }: RoundInput,
  handle: DoubleBarrierHandle,
): Promise<void> {
  if (how === 'close') {
    const close = async () => {
      await sessions.close();
      return { output: null };
    };
    const operation = { id: `${id}.close`, name: 'close', input: { barrier } } as const;
    await context.perform(operation, close, { isOneCall: true });
    return;
  }
  const leave = async () => {
    await handle.leave();
    return { output: null };
  };
  const operation = { id: `${id}.leave`, name: 'leave', input: { barrier } } as const;
  const left = await context.perform(operation, leave, { isOneCall: true });
  // It is unknown whether it left; once its session ends it certainly has.
  if (left === undefined) await sessions.close();
}

/** Reports that its own rounds are done, and continues with the others' until all have done so. */
async function keepCompany(
  context: DoubleBarrierContext,
  sessions: Sessions,
  { barrier, id }: { readonly barrier: string; readonly id: string },
): Promise<void> {
  const place = context.client.namespace(context.prefix);
  const done = `${DONE}${barrier}/`;
  const over = new AbortController();
  const watching = (async () => {
    let said = false;
    for (;;) {
      try {
        if (!said) await place.put(done + context.node).value('');
        said = true;
        const keys = await place.getAll().prefix(done).keys();
        if (keys.filter((key) => !key.slice(done.length).includes('/')).length >= context.options.count)
          break;
      } catch {
        // It asks again.
      }
      await pause(LOOK_EVERY_MS);
    }
    over.abort(Object.assign(new Error('all rounds are done'), { definite: true }));
  })();
  const round: RoundInput = { barrier, afterMs: 0, stayMs: 0, giveUpAfterMs: null, end: 'leave' };
  for (let more = 1; await playRound(context, sessions, `${id}.more${more}`, round, over.signal);) {
    more += 1;
  }
  await watching;
}
