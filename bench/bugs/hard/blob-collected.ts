/**
 * A collector of blobs that have no reference. It marks a blob in one pass and deletes it in the next, if there is still
 * no reference and the mark is unchanged. Who adds a reference clears the mark, if they saw one. Five in this order: a node
 * sees no mark, the collector marks, it lists no reference, the node adds its reference, the collector deletes.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const PASSES = 40;
const PASS_EVERY_MS = 15;
/** It deletes slowly, to spare etcd. */
const DELETE_AFTER_MS = 40;
const BLOBS = ['p', 'q'];

const noneDangles: Check = {
  name: 'no-dangling-reference',
  description: 'A blob that has a reference is there.',
  check({ log }) {
    const present = new Set<string>();
    for (const { revision, events } of log) {
      for (const { type, key } of events) {
        if (type === 'put') present.add(key);
        else present.delete(key);
      }
      const dangling = [...present].find((key) => {
        const [place, blob] = key.split('/');
        return place === 'ref' && !present.has(`blob/${blob}`);
      });
      if (dangling === undefined) continue;
      const [, blob, id] = dangling.split('/') as [string, string, string];
      return violated(
        `${id} refers to blob ${blob}, which is gone from revision ${revision} on`,
        [id],
        [revision],
      );
    }
    return satisfied;
  },
};

export const blobCollected = defineScenario({
  name: 'blob-collected',
  description: 'A collector that deletes a blob although it has just got a reference.',
  options,
  nodes: () =>
    fc
      .tuple(
        drawNodes(
          ['a', 'b'],
          'use',
          fc.record({ blob: fc.constantFrom(...BLOBS), pauseMs: fc.nat(250), keepMs: fc.nat(150) }),
          [4, 7],
        ),
        drawNodes(['collector'], 'collect', fc.constant(null), [1, 1]),
      )
      .map(([users, collectors]) => [...users, ...collectors]),
  restart: notBegun,
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const place = client.namespace(prefix);
    const refer = async (blob: string, id: string): Promise<void> => {
      const mark = `mark/${blob}`;
      const isMarked = (await place.get(mark).string()) !== null;
      const puts = [
        place.put(`ref/${blob}/${id}`).value(''),
        ...(isMarked || variant === 'right' ? [place.delete().key(mark)] : []),
      ];
      const { succeeded } = await place
        .if(`blob/${blob}`, 'Create', '>', 0)
        .then(...puts)
        .commit();
      if (!succeeded)
        await place
          .if(`blob/${blob}`, 'Create', '==', 0)
          .then(place.put(`blob/${blob}`).value(id), ...puts)
          .commit();
    };
    const collect = async (blob: string): Promise<void> => {
      const mark = `mark/${blob}`;
      const [found] = (await place.get(mark).exec()).kvs;
      const references = await place.getAll().prefix(`ref/${blob}/`).keys();
      if (references.length > 0) return;
      if (found === undefined) {
        await place.if(`blob/${blob}`, 'Create', '>', 0).then(place.put(mark).value('')).commit();
        return;
      }
      await sleep(DELETE_AFTER_MS);
      const deletes = [place.delete().key(mark), place.delete().key(`blob/${blob}`)];
      await place
        .if(mark, 'Mod', '==', Number(found.mod_revision))
        .then(...deletes)
        .commit();
    };
    for (const operation of operations) {
      await perform(operation, async () => {
        if (operation.name === 'collect') {
          for (let pass = 0; pass < PASSES; pass++) {
            for (const blob of BLOBS) await untilDone(() => collect(blob));
            await sleep(PASS_EVERY_MS);
          }
          return { output: null };
        }
        const { blob, pauseMs, keepMs } = operation.input as {
          blob: string;
          pauseMs: number;
          keepMs: number;
        };
        await sleep(pauseMs);
        await untilDone(() => refer(blob, operation.id));
        await sleep(keepMs);
        await untilDone(() => place.delete().key(`ref/${blob}/${operation.id}`).exec());
        return { output: null };
      });
    }
  },
  checks: () => [noneDangles],
});
