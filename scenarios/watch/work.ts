/**
 * One node's work: its writes, or its watches, one after the other. Invariant: a watch that continues to the
 * end ends when it has seen the end of every writer that was still writing when it began. Every value is the
 * id of the operation that wrote it.
 */
import type { Bookmark, ToldEvent } from '../../sim/check/watch.js';
import { pause } from '../timing.js';
import type { OpenWatches, Watches, Watching, WatchListener } from './handle.js';
import {
  endOf,
  type WatchContext,
  type WatchInput,
  type WatchOperation,
  type WatchOutput,
  type WriteInput,
} from './plan.js';

/** A writer that has ended has a key here. */
const ENDED = 'ended/';
const PAUSE_AFTER_FAILURE_MS = 50;
const REQUEST_MAX_MS = 2000;

export async function workOnWatches(
  context: WatchContext,
  openWatches: OpenWatches,
  operations: readonly WatchOperation[],
): Promise<void> {
  const watches = openWatches(context);
  for (const operation of operations) {
    if (operation.name === 'write') await write(context, operation);
    else await watchOnce(context, watches, operation);
  }
  watches.end();
}

interface Planned<Input> {
  readonly id: string;
  readonly input: Input;
}

/** The last one is repeated under new names until it is applied. */
async function write(context: WatchContext, planned: Planned<WriteInput>): Promise<void> {
  const { afterMs, puts, deletes } = planned.input;
  const place = context.client.namespace(context.prefix);
  const isLast = planned.id === endOf(context.node);
  await pause(afterMs);
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? planned.id : `${planned.id}.${attempt}`;
    const ended = isLast ? [place.put(ENDED + context.node).value(id)] : [];
    const done = await context.perform({ id, name: 'write', input: planned.input }, async () => {
      const reply = await place
        .if('nothing', 'Version', '==', 0)
        .then(
          ...puts.map((key) => place.put(key).value(id)),
          ...deletes.map((key) => place.delete().key(key)),
          ...ended,
        )
        .options(deadline())
        .commit();
      return { output: null, revision: Number(reply.header.revision) };
    });
    if (done !== undefined || !isLast) return;
    await pause(PAUSE_AFTER_FAILURE_MS);
  }
}

/** Again under new names, if it should continue to the end but its watch ended. */
async function watchOnce(
  context: WatchContext,
  watches: Watches,
  planned: Planned<WatchInput>,
): Promise<void> {
  const { input } = planned;
  await pause(input.afterMs);
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? planned.id : `${planned.id}.${attempt}`;
    const done = await context.perform({ id, name: 'watch', input }, async () => ({
      output: await watch(context, watches, input),
    }));
    if (input.forMs !== null || done?.output.end === 'complete') return;
    await pause(PAUSE_AFTER_FAILURE_MS);
  }
}

async function watch(context: WatchContext, watches: Watches, input: WatchInput): Promise<WatchOutput> {
  const { target, onlyPuts, withPrevious, beginsLateMs, ahead = 0, forMs } = input;
  const { revision, missing } = await look(context);
  const batches: ToldEvent[][] = [];
  const bookmarks: Bookmark[] = [];
  const resumedBefore: number[] = [];
  // Events after its end are ignored.
  const read = (end: string) => ({
    after: revision,
    batches: [...batches],
    bookmarks: [...bookmarks],
    resumedBefore: [...resumedBefore],
    end,
  });
  if (forMs === null && missing.size === 0) return read('complete');
  await pause(beginsLateMs ?? 0);
  let complete = (): void => undefined;
  const completed = new Promise<'complete'>((resolve) => (complete = () => resolve('complete')));
  const listener: WatchListener = {
    told(batch) {
      batches.push([...batch]);
      for (const { value } of batch) missing.delete(value.split('.')[0] ?? '');
      if (missing.size === 0) complete();
    },
    reached: (at) => bookmarks.push({ revision: at, afterBatches: batches.length }),
    resumed: () => resumedBefore.push(batches.length),
  };
  const startRevision = beginsLateMs === null ? undefined : revision + 1 + ahead;
  let watching: Watching | undefined;
  try {
    watching = await watches.watch({ target, startRevision, onlyPuts, withPrevious }, listener);
    const time = forMs === null ? completed : pause(forMs).then(() => 'cancelled' as const);
    const end = await Promise.race([time, watching.over]);
    return read(end);
  } finally {
    await watching?.cancel();
  }
}

/** A request without a deadline may wait for ever. */
function deadline() {
  // eslint-disable-next-line no-restricted-globals -- the node's own clock, which grpc-js reads, too
  return { deadline: Date.now() + REQUEST_MAX_MS };
}

/** The present revision, and the writers that have not ended yet. */
async function look({ client, prefix, options }: WatchContext) {
  const reply = await client.namespace(prefix).getAll().prefix(ENDED).options(deadline()).exec();
  const there = new Set(reply.kvs.map(({ key }) => key.toString().slice(ENDED.length)));
  const writers = Array.from({ length: options.writers }, (_, index) => `w${index + 1}`);
  const missing = new Set(writers.filter((writer) => !there.has(writer)).map(endOf));
  return { revision: Number(reply.header.revision), missing };
}
