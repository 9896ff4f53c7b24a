/**
 * An allocator of number blocks that gets no reply, looks at the counter, finds it where it wanted it, and takes the
 * block for its own. Three must meet: a reservation that is never applied, no answer to it or to its hidden retries,
 * and exactly one reservation of another node until it looks.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const BLOCK = 100;

const once: Check = {
  name: 'block-once',
  description: 'No block is handed out twice.',
  check({ operations }) {
    const owners = new Map<unknown, string>();
    for (const { id, outcome } of operations) {
      if (outcome?.kind !== 'ok') continue;
      const owner = owners.get(outcome.output);
      const block = JSON.stringify(outcome.output);
      if (owner !== undefined)
        return violated(`${id} got the block from ${block} on, which ${owner} already had`, [owner, id]);
      owners.set(outcome.output, id);
    }
    return satisfied;
  },
};

export const blockClaim = defineScenario({
  name: 'block-claim',
  description: 'An allocator that takes a counter where it wanted it for its own success.',
  options,
  nodes: () => drawNodes(['a', 'b'], 'reserve', fc.record({ pauseMs: fc.nat(4000) }), [2, 3]),
  restart: notBegun,
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const key = `${prefix}counter`;
    const read = async () => {
      const text = (await client.get(key).string()) ?? '0';
      const [next, by] = text.split(' ');
      return { text, next: Number(next), by };
    };
    const reserve = async (id: string): Promise<number> => {
      for (;;) {
        const { text, next } = await untilDone(read);
        const free = text === '0' ? client.if(key, 'Create', '==', 0) : client.if(key, 'Value', '==', text);
        const taken = free.then(client.put(key).value(`${next + BLOCK} ${id}`)).commit();
        const outcome = await taken
          .then(({ succeeded }) => (succeeded ? 'mine' : 'taken'))
          .catch(() => 'unknown');
        if (outcome === 'mine') return next;
        if (outcome === 'taken') continue;
        const after = await untilDone(read);
        if (after.next === next + BLOCK && (variant === 'wrong' || after.by === id)) return next;
      }
    };
    for (const operation of operations) {
      await sleep((operation.input as { readonly pauseMs: number }).pauseMs);
      await perform(operation, async () => ({ output: await reserve(operation.id) }));
    }
  },
  checks: () => [once],
});
