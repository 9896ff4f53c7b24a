/**
 * Items move from shelf to shelf in three writes, behind an intent. Another node completes a move whose intent has not
 * changed for seconds. The first one may only have been slow, and puts the item on its shelf although it has moved on.
 * Three must meet: a long silence during a move, its recovery, and the next move of the same item.
 */
import type { Namespace } from 'etcd3';
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const PATIENCE_MS = 10_000;
const SHELVES = ['x', 'y', 'z'];

interface Intent {
  readonly from: string;
  readonly to: string;
  readonly id: string;
}

const onOneShelf: Check = {
  name: 'on-one-shelf',
  description: 'An item without an intent is on one shelf.',
  check({ log }) {
    const present = new Map<string, number>();
    for (const { revision, events } of log) {
      for (const { type, key } of events) {
        if (type === 'put') present.set(key, revision);
        else present.delete(key);
      }
      const on = SHELVES.filter((shelf) => present.has(`shelf/${shelf}`));
      if (present.has('intent') || on.length === 1 || present.size === 0) continue;
      const where = on.length === 0 ? 'no shelf' : `shelves ${on.join(' and ')}`;
      const revisions = on.map((shelf) => present.get(`shelf/${shelf}`) ?? 0);
      return violated(`the item is on ${where} at revision ${revision}`, [], [...revisions, revision]);
    }
    return satisfied;
  },
};

export const moveRecovered = defineScenario({
  name: 'move-recovered',
  description: 'A move in three writes, which another node may complete while the first still runs.',
  options,
  nodes: () =>
    drawNodes(
      ['a', 'b', 'c'],
      'move',
      fc.record({ to: fc.constantFrom(...SHELVES), pauseMs: fc.nat(2500) }),
      [2, 3],
    ),
  restart: notBegun,
  async setup({ client, prefix }) {
    await client.put(`${prefix}shelf/x`).value('item');
  },
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const place = client.namespace(prefix);
    let seen = { mod: '', sinceMs: 0 };
    for (const operation of operations) {
      const { to, pauseMs } = operation.input as { readonly to: string; readonly pauseMs: number };
      await sleep(pauseMs);
      await perform(operation, async () => ({ output: await untilDone(() => move(operation.id, to)) }));
    }

    async function move(id: string, to: string): Promise<string> {
      for (;;) {
        const { kvs } = await place.get('intent').exec();
        const [found] = kvs;
        if (found === undefined) {
          const shelves = await place.getAll().prefix('shelf/').keys();
          const from = shelves[0]?.slice('shelf/'.length);
          if (from === undefined || from === to) return 'there already';
          const begun = await place
            .if('intent', 'Create', '==', 0)
            .and(`shelf/${from}`, 'Create', '>', 0)
            .then(place.put('intent').value(JSON.stringify({ from, to, id })))
            .commit();
          if (begun.succeeded) return complete(place, { from, to, id }, begun.header.revision);
          continue;
        }
        const intent = JSON.parse(found.value.toString()) as Intent;
        if (found.mod_revision !== seen.mod) seen = { mod: found.mod_revision, sinceMs: performance.now() };
        // An intent of this operation is here if its reply was lost.
        if (intent.id === id || performance.now() - seen.sinceMs > PATIENCE_MS)
          await complete(place, intent, found.mod_revision);
        if (intent.id === id) return 'moved';
        await sleep(100);
      }
    }

    async function complete(on: Namespace, { from, to }: Intent, mod: string): Promise<string> {
      const writes = [
        on.delete().key(`shelf/${from}`),
        on.put(`shelf/${to}`).value('item'),
        on.delete().key('intent'),
      ] as const;
      if (variant === 'right')
        await on
          .if('intent', 'Mod', '==', Number(mod))
          .then(...writes)
          .commit();
      else for (const write of writes) await write.exec();
      return 'moved';
    }
  },
  checks: () => [onOneShelf],
});
