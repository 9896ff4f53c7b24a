/**
 * A lock that is released by its key. The release is sent again when its reply is lost, and then frees a lock that another
 * node has taken in between. Four in this order, within one backoff: the release is applied and its reply lost, a second
 * node takes the lock, the release is sent again, and a third node takes it while the second is inside.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, options, satisfied, sleep, untilDone, violated } from './common.js';

const TRY_EVERY_MS = 400;

const oneInside: Check = {
  name: 'one-inside',
  description: 'One node at a time is inside.',
  check({ operations }) {
    for (const [index, first] of operations.entries()) {
      const second = operations
        .slice(index + 1)
        .find(({ invoke }) => invoke.sequence < (first.return?.sequence ?? Infinity));
      if (second === undefined) continue;
      const message = `${second.id} of ${second.node} began while ${first.id} of ${first.node} was inside`;
      return violated(message, [first.id, second.id]);
    }
    return satisfied;
  },
};

const input = fc.record({ pauseMs: fc.nat(2500), holdMs: fc.integer({ min: 10, max: 300 }) });

export const unlockByKey = defineScenario({
  name: 'unlock-by-key',
  description: 'A lock whose release is sent again, and frees the lock of another.',
  options,
  nodes: () => drawNodes(['a', 'b', 'c'], 'inside', input, [2, 4]),
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const key = `${prefix}lock`;
    const over = (id: string) => `${prefix}over/${id}`;
    const acquire = async (id: string): Promise<boolean> => {
      const free = client.if(key, 'Create', '==', 0).and(over(id), 'Create', '==', 0);
      const { succeeded } = await free.then(client.put(key).value(id)).commit();
      return succeeded || (await client.get(key).string()) === id;
    };
    const release = async (id: string): Promise<void> => {
      if (variant === 'wrong') await client.delete().key(key);
      else await client.if(key, 'Value', '==', id).then(client.delete().key(key)).commit();
    };
    for (const operation of operations) {
      const { pauseMs, holdMs } = operation.input as { readonly pauseMs: number; readonly holdMs: number };
      await sleep(pauseMs);
      while (!(await untilDone(() => acquire(operation.id)))) await sleep(TRY_EVERY_MS);
      await perform(operation, async () => {
        await sleep(holdMs);
        return { output: null };
      });
      // From now on a request to acquire that arrives late is refused.
      await untilDone(() => client.put(over(operation.id)).value('').exec());
      await untilDone(() => release(operation.id));
    }
  },
  checks: () => [oneInside],
});
