/**
 * Two slots for three nodes. A node notes which slot it has, in a second write, and frees it after a crash. A crash
 * between the two writes leaks a slot, which goes unnoticed as long as there is another. Two crashes must each hit a
 * window of one round trip.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const SLOTS = ['slot/0', 'slot/1'];
const WORK_MS = 20;
const PATIENCE_MS = 2000;

const oneIsFree: Check = {
  name: 'one-slot-left',
  description: 'When all is over, a slot is free.',
  check({ log }) {
    const holders = new Map<string, string>();
    for (const { events } of log) {
      for (const { type, key, value } of events) {
        if (type === 'put' && SLOTS.includes(key)) holders.set(key, value);
        if (type === 'delete') holders.delete(key);
      }
    }
    if (SLOTS.some((slot) => !holders.has(slot))) return satisfied;
    const by = [...holders.values()];
    return violated(`all slots are taken when all is over, by ${by.join(' and ')}`, by);
  },
};

export const slotsLeak = defineScenario({
  name: 'slots-leak',
  description: 'A semaphore that leaks a slot if its holder dies between two writes.',
  options,
  nodes: () => drawNodes(['a', 'b', 'c'], 'use', fc.record({ pauseMs: fc.nat(60) }), [8, 14]),
  restart: notBegun,
  async run({ client, prefix, node, perform, options: { variant } }, operations) {
    const place = client.namespace(prefix);
    const note = `holds/${node}`;
    const free = async (): Promise<void> => {
      const slot = await place.get(note).string();
      if (slot === null) return;
      const mine = place.if(slot, 'Value', '==', (await place.get(`by/${node}`).string()) ?? '');
      await mine.then(place.delete().key(slot)).commit();
      await place.delete().key(note);
    };
    const take = async (id: string): Promise<boolean> => {
      for (const slot of SLOTS) {
        const taken = place.if(slot, 'Create', '==', 0).and(`over/${id}`, 'Create', '==', 0);
        const puts = [place.put(slot).value(id), place.put(`by/${node}`).value(id)];
        const both = variant === 'right' ? [...puts, place.put(note).value(slot)] : puts;
        const { succeeded } = await taken.then(...both).commit();
        if (!succeeded && (await place.get(slot).string()) !== id) continue;
        if (variant === 'wrong') await place.put(note).value(slot);
        return true;
      }
      return false;
    };
    await untilDone(free);
    for (const operation of operations) {
      await sleep((operation.input as { readonly pauseMs: number }).pauseMs);
      await perform(operation, async () => {
        const untilMs = performance.now() + PATIENCE_MS;
        while (performance.now() < untilMs && !(await untilDone(() => take(operation.id)))) await sleep(100);
        await sleep(WORK_MS);
        // From now on a request to take a slot that arrives late is refused.
        await untilDone(() => place.put(`over/${operation.id}`).value('').exec());
        await untilDone(free);
        return { output: null };
      });
    }
  },
  checks: () => [oneIsFree],
});
