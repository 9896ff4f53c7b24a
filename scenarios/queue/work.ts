/**
 * One node's work: its operations in lanes that share its handles. Invariant: every planned enqueue is tried
 * under new names until one is ok, and every planned dequeue until it may have taken an item. Each queue
 * therefore never waits for more items than are put.
 */
import { PanicError, type OpenQueues, type QueueHandle, type QueueMaker } from './handle.js';
import type { QueueContext, QueueOperation } from './plan.js';
import { givingUpAfter, pause } from '../timing.js';

const PAUSE_AFTER_FAILURE_MS = 50;

/** Does the node's planned work. */
export async function workOnQueues(
  context: QueueContext,
  openQueues: OpenQueues,
  operations: readonly QueueOperation[],
): Promise<void> {
  const maker = openQueues(context);
  const handles = new Handles(maker);
  const lanes = context.options.lanes;
  const work = Array.from({ length: lanes }, async (_, lane) => {
    for (const [index, operation] of operations.entries()) {
      if (index % lanes === lane) await performOnce(context, handles, operation);
    }
  });
  await Promise.all(work);
  await handles.close();
  maker.end();
}

/** The node's handles, by queue. */
class Handles {
  readonly #maker: QueueMaker;
  readonly #open = new Map<string, QueueHandle>();

  constructor(maker: QueueMaker) {
    this.#maker = maker;
  }

  of(queue: string): QueueHandle {
    let handle = this.#open.get(queue);
    if (handle === undefined) {
      handle = this.#maker.open(queue);
      this.#open.set(queue, handle);
    }
    return handle;
  }

  /** Closes the queue's handle, perhaps while it is in use; its next user opens another. */
  async reopen(queue: string): Promise<void> {
    const handle = this.#open.get(queue);
    this.#open.delete(queue);
    await handle?.close();
  }

  async close(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close();
  }
}

async function performOnce(context: QueueContext, handles: Handles, planned: QueueOperation): Promise<void> {
  const { queue, afterMs, giveUpAfterMs, ...rest } = planned.input;
  await pause(afterMs ?? 0);
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? planned.id : `${planned.id}.${attempt}`;
    const input = { queue, ...rest, ...(rest.value === undefined ? {} : { value: id }) };
    let panic: PanicError | undefined;
    let mayHaveHappened = false;
    const attempted = async () => {
      try {
        // Only the first attempt is given up, so that the operation ends.
        return await givingUpAfter(attempt === 1 ? giveUpAfterMs : undefined, (signal) =>
          perform(handles, { ...planned, id, input }, signal),
        );
      } catch (error) {
        if (error instanceof PanicError) panic = error;
        mayHaveHappened = (Object(error) as { definite?: unknown }).definite !== true;
        throw error;
      }
    };
    const done = await context.perform({ ...planned, id, input }, attempted, { isOneCall: true });
    if (panic !== undefined) throw panic;
    if (done !== undefined || (planned.name !== 'enqueue' && mayHaveHappened)) return;
    context.count('attempts that had to be repeated');
    await pause(PAUSE_AFTER_FAILURE_MS);
  }
}

async function perform(handles: Handles, operation: QueueOperation, signal: AbortSignal) {
  const { queue, value = '', priority = 0 } = operation.input;
  switch (operation.name) {
    case 'enqueue': {
      const { revision } = await handles.of(queue).enqueue(value, priority, signal);
      return { output: { value }, ...(revision === undefined ? {} : { revision }) };
    }
    case 'dequeue': {
      const { revision, ...output } = await handles.of(queue).dequeue(signal);
      return { output, ...(revision === undefined ? {} : { revision }) };
    }
    case 'reopen':
      await handles.reopen(queue);
      return { output: null };
    default:
      return operation satisfies never;
  }
}
