/** Toxics of one direction of a proxy: which act, and in which order Toxiproxy loses them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ToxicStack } from '../../sim/backend/real/toxic-stack.js';
import type { Toxic } from '../../sim/faults/fault.js';

/** A Toxiproxy that accepts the removal of its last toxic alone. */
class LastOnly {
  readonly toxics: { readonly toxic: Toxic; acts: boolean }[] = [];
  closed = 0;

  readonly add = (toxic: Toxic) => {
    const added = { toxic, acts: true };
    this.toxics.push(added);
    return Promise.resolve({
      disable: () => {
        added.acts = false;
        return Promise.resolve();
      },
      remove: () => {
        if (this.toxics.at(-1) !== added) throw new Error('index out of range');
        this.toxics.pop();
        if (toxic.type === 'timeout') this.closed += 1;
        return Promise.resolve();
      },
    });
  };

  get acting(): unknown[] {
    return this.toxics.filter(({ acts }) => acts).map(({ toxic }) => toxic.attributes['number']);
  }
}

const types = fc.constantFrom('timeout', 'latency', 'slicer' as const);
/** A toxic to add, or the place of one to end among those that act. */
const changes = fc.array(fc.oneof(types, fc.nat(5)), { maxLength: 30 });

it('those that have not ended act, in their order, and only the last one is removed', async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (given) => {
      const proxy = new LastOnly();
      const stack = new ToxicStack(proxy.add);
      const acting: { readonly number: number; end(): Promise<void> }[] = [];
      for (const [number, change] of given.entries()) {
        if (typeof change === 'string') {
          const toxic = { type: change, stream: 'upstream', attributes: { number } } as const;
          acting.push({ number, end: await stack.add(toxic) });
        } else {
          const [ended] = acting.splice(change % Math.max(1, acting.length), 1);
          await ended?.end();
        }
        expect(proxy.acting).toEqual(acting.map((one) => one.number));
      }
      for (const one of acting) await one.end();
      expect(proxy.toxics).toEqual([]);
    }),
  );
});

it('one that ends closes the connections if it is a timeout, wherever it stands', async () => {
  const proxy = new LastOnly();
  const stack = new ToxicStack(proxy.add);
  const end = await stack.add({ type: 'timeout', stream: 'upstream', attributes: {} });
  await stack.add({ type: 'latency', stream: 'upstream', attributes: {} });
  await end();
  expect(proxy.closed).toBe(1);
});

it('changes at the same time take turns', async () => {
  const proxy = new LastOnly();
  const stack = new ToxicStack(proxy.add);
  const add = (number: number) => stack.add({ type: 'timeout', stream: 'upstream', attributes: { number } });
  const ends = await Promise.all([add(1), add(2), add(3)]);
  await Promise.all([...ends.slice(0, 2).map((end) => end()), add(4)]);
  expect(proxy.acting).toEqual([3, 4]);
});
