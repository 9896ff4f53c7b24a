/**
 * Devices report their state, each under a key of its own. No other node writes there, so nothing is compared. A report that
 * got no answer is given up, and the next one follows. The old one may still be on its way, and arrive behind it.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, violated } from './common.js';

const newestStays: Check = {
  name: 'newest-stays',
  description: 'The state of a device is never older than one that was stored before.',
  check({ log }) {
    const states = new Map<string, { readonly number: number; readonly revision: number }>();
    for (const { revision, events } of log) {
      for (const { key, value } of events) {
        const [number, before] = [Number(value), states.get(key)];
        if (before !== undefined && number < before.number) {
          const [device, older, newer] = [key.slice('state/'.length), number, before.number];
          const message = `report ${newer} of ${device} was stored at revision ${before.revision}, and overwritten by report ${older} at revision ${revision}`;
          return violated(message, [`${device}-${newer}`, `${device}-${older}`], [before.revision, revision]);
        }
        states.set(key, { number, revision });
      }
    }
    return satisfied;
  },
};

export const lateWrite = defineScenario({
  name: 'late-write',
  description: 'A report that was given up arrives behind the next one.',
  options,
  nodes: () => drawNodes(['d1', 'd2'], 'report', fc.record({ pauseMs: fc.nat(3000) }), [3, 5]),
  restart: notBegun,
  async run({ client, prefix, node, perform, options: { variant } }, operations) {
    const key = `${prefix}state/${node}`;
    for (const operation of operations) {
      await sleep((operation.input as { readonly pauseMs: number }).pauseMs);
      await perform(operation, async () => {
        const put = client.put(key).value(operation.id.slice(node.length + 1));
        if (variant === 'wrong') {
          await put.exec();
          return { output: null };
        }
        const [known] = (await client.get(key).exec()).kvs;
        await client
          .if(key, 'Mod', '==', Number(known?.mod_revision ?? 0))
          .then(put)
          .commit();
        return { output: null };
      });
    }
  },
  checks: () => [newestStays],
});
