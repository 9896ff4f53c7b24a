/**
 * A shopping cart that is written back if its version is the one that was read. A check-out deletes the cart, and the
 * next one counts its versions from 1 again. An addition that is slow finds the version that it expects, in another
 * cart. Three must meet: a slow addition, a check-out, and a new cart with as many additions.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

interface Step {
  readonly kind: 'add' | 'check-out';
  readonly pauseMs: number;
}

const step = fc.record({
  kind: fc.constantFrom('add' as const, 'add' as const, 'check-out' as const),
  pauseMs: fc.nat(1200),
});

const noneTwice: Check = {
  name: 'in-one-cart',
  description: 'An item that was checked out does not come back, and none leaves a cart in another way.',
  check({ log }) {
    const gone = new Map<string, number>();
    let cart: readonly string[] = [];
    for (const { revision, events } of log) {
      for (const { type, key, value } of events) {
        if (key !== 'cart') continue;
        const now = type === 'put' ? (JSON.parse(value) as readonly string[]) : [];
        const back = now.find((item) => gone.has(item));
        if (back !== undefined) {
          const message = `${back} was checked out at revision ${gone.get(back)}, and is in the cart at revision ${revision} again`;
          return violated(message, [back], [gone.get(back) ?? 0, revision]);
        }
        const lost = cart.find((item) => type === 'put' && !now.includes(item));
        if (lost !== undefined)
          return violated(`${lost} was overwritten at revision ${revision}`, [lost], [revision]);
        if (type === 'delete') for (const item of cart) gone.set(item, revision);
        cart = now;
      }
    }
    return satisfied;
  },
};

export const cartVersion = defineScenario({
  name: 'cart-version',
  description: 'A cart whose additions compare its version, which starts anew with each cart.',
  options,
  nodes: () => drawNodes(['a', 'b', 'c'], 'step', step, [3, 5]),
  restart: notBegun,
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const key = `${prefix}cart`;
    const read = async () => {
      const { kvs } = await client.get(key).exec();
      const [found] = kvs;
      const items = found === undefined ? [] : (JSON.parse(found.value.toString()) as readonly string[]);
      return { items, version: Number(found?.version ?? 0), mod: Number(found?.mod_revision ?? 0) };
    };
    const add = async (item: string): Promise<void> => {
      // A receipt, in case an answer is lost.
      const receipt = `${prefix}added/${item}`;
      while ((await client.get(receipt).string()) === null) {
        const { items, version, mod } = await read();
        const unchanged =
          variant === 'wrong' ? client.if(key, 'Version', '==', version) : client.if(key, 'Mod', '==', mod);
        const cart = JSON.stringify([...items, item]);
        await unchanged
          .and(receipt, 'Create', '==', 0)
          .then(client.put(key).value(cart), client.put(receipt).value(''))
          .commit();
      }
    };
    const checkOut = async (): Promise<void> => {
      const { items, mod } = await read();
      if (items.length > 0) await client.if(key, 'Mod', '==', mod).then(client.delete().key(key)).commit();
    };
    for (const operation of operations) {
      const { kind, pauseMs } = operation.input as unknown as Step;
      await sleep(pauseMs);
      await perform(operation, async () => {
        await untilDone(() => (kind === 'add' ? add(operation.id) : checkOut()));
        return { output: null };
      });
    }
  },
  checks: () => [noneTwice],
});
