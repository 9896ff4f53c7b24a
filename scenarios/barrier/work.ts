/** One node's work at barriers. Invariant: a release is repeated under new names until one is ok. */
import type { PlannedOperation } from '../../sim/plan/plan.js';
import type { NodeContext, OperationResult } from '../../sim/scenario/scenario.js';
import { givingUpAfter, pause } from '../timing.js';
import type { BarrierHandle, OpenBarriers } from './handle.js';
import { barrierInputOf } from './plan.js';

const PAUSE_AFTER_FAILURE_MS = 50;

export async function workAtBarriers(
  context: NodeContext,
  openBarriers: OpenBarriers,
  operations: readonly PlannedOperation[],
): Promise<void> {
  const maker = openBarriers(context);
  const handles = new Map<string, BarrierHandle>();
  for (const operation of operations) {
    const { barrier, afterMs } = barrierInputOf(operation);
    const handle = handles.get(barrier) ?? maker.open(barrier);
    handles.set(barrier, handle);
    await pause(afterMs);
    await performOne(context, handle, operation);
  }
  for (const handle of handles.values()) await handle.close();
  maker.end();
}

async function performOne(
  context: NodeContext,
  handle: BarrierHandle,
  planned: PlannedOperation,
): Promise<void> {
  const { barrier, giveUpAfterMs } = barrierInputOf(planned);
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
  name: string,
  giveUpAfterMs: number | undefined,
): Promise<OperationResult> {
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
      throw new Error(`no operation ${name}`);
  }
}
