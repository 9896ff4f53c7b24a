/**
 * A gate for maintenance: it closes, waits until jobs that have begun have ended, and works. Jobs look at the gate with
 * serializable reads, to spare the leader. A member that lags by more than the grace shows a gate that is open. Three
 * must meet: a maintenance, a member that lags for so long, and a node that reads from that member just then.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, options, satisfied, sleep, untilDone, violated } from './common.js';

const GRACE_MS = 2000;
const FRESH_MS = 500;
const MAINTENANCE_MS = 200;

const noJobInside: Check = {
  name: 'no-job-in-maintenance',
  description: 'No job begins while a maintenance is under way.',
  check({ operations }) {
    const works = operations.filter(({ name }) => name === 'maintain');
    for (const job of operations.filter(({ name }) => name === 'job')) {
      const work = works.find(
        ({ invoke, return: end }) =>
          invoke.sequence < job.invoke.sequence && job.invoke.sequence < (end?.sequence ?? 0),
      );
      if (work !== undefined)
        return violated(`${job.id} of ${job.node} began while ${work.id} was under way`, [work.id, job.id]);
    }
    return satisfied;
  },
};

export const gateSerializable = defineScenario({
  name: 'gate-serializable',
  description: 'A gate that is read serializably, from a member that may lag.',
  options,
  members: 3,
  withoutFaults: ['clock-drift'],
  nodes: () =>
    fc
      .tuple(
        drawNodes(['operator'], 'maintain', fc.record({ pauseMs: fc.nat(1500) }), [2, 4]),
        drawNodes(['w1', 'w2'], 'job', fc.record({ pauseMs: fc.nat(600) }), [4, 8]),
      )
      .map(([operators, workers]) => [...operators, ...workers]),
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const gate = `${prefix}gate`;
    /** Resolves while the gate is open, shortly after it was read. */
    const pass = async (): Promise<void> => {
      for (;;) {
        const askedMs = performance.now();
        const { kvs } = await untilDone(() =>
          client
            .get(gate)
            .serializable(variant === 'wrong')
            .exec(),
        );
        if (kvs.length === 0 && performance.now() - askedMs < FRESH_MS) return;
        await sleep(50);
      }
    };
    for (const operation of operations) {
      await sleep((operation.input as { readonly pauseMs: number }).pauseMs);
      if (operation.name === 'job') {
        await pass();
        await perform(operation, () => Promise.resolve({ output: null }));
        continue;
      }
      const over = `${prefix}over/${operation.id}`;
      const close = client.if(over, 'Create', '==', 0).then(client.put(gate).value(operation.id));
      await untilDone(() => close.commit());
      await sleep(GRACE_MS);
      await perform(operation, async () => {
        await sleep(MAINTENANCE_MS);
        return { output: null };
      });
      // A request to close it that arrives late is refused.
      const open = client
        .if(over, 'Create', '==', 0)
        .then(client.delete().key(gate), client.put(over).value(''));
      await untilDone(() => open.commit());
    }
  },
  checks: () => [noJobInside],
});
