/** One node's work at barriers. Invariant: a release is repeated under new names until one is ok. */
import { givingUpAfter, pause } from '../timing.js';
import type { BarrierHandle, OpenBarriers } from './handle.js';
import type { BarrierContext, BarrierOperation } from './plan.js';

const PAUSE_AFTER_FAILURE_MS = 50;

export async function workAtBarriers(
  context: BarrierContext,
  openBarriers: OpenBarriers,
  operations: readonly BarrierOperation[],
): Promise<void> {
  const maker = openBarriers(context);
  const handles = new Map<string, BarrierHandle>();
  for (const operation of operations) {
    const { barrier, afterMs } = operation.input;
    const handle = handles.get(barrier) ?? maker.open(barrier);
    handles.set(barrier, handle);
    await pause(afterMs ?? 0);
    await performOne(context, handle, operation);
  }
  for (const handle of handles.values()) await handle.close();
  maker.end();
}

async function performOne(
  context: BarrierContext,
  handle: BarrierHandle,
  planned: BarrierOperation,
): Promise<void> {
  const { barrier, giveUpAfterMs } = planned.input;
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? planned.id : `${planned.id}.${attempt}`;
    const done = await context.perform(
      { id, name: planned.name, input: { barrier } },
      () => call(handle, planned.name, giveUpAfterMs ?? undefined),
      { isOneCall: true },
    );
    if (done !== undefined || planned.name !== 'release') return;
    await pause(PAUSE_AFTER_FAILURE_MS);
  }
}

async function call(
  handle: BarrierHandle,
  name: BarrierOperation['name'],
  giveUpAfterMs: number | undefined,
) {
  switch (name) {
    case 'hold': {
      const { revision } = await handle.hold();
      return { output: null, ...(revision === undefined ? {} : { revision }) };
    }
    case 'release': {
      const { released, revision } = await handle.release();
      return { output: { released: released ?? null }, ...(revision === undefined ? {} : { revision }) };
    }
    case 'wait':
      await givingUpAfter(giveUpAfterMs, (signal) => handle.wait(signal));
      return { output: null };
    default:
      return name satisfies never;
  }
}
