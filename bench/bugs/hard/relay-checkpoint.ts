/**
 * A relay that copies records from one place to another, in the order of their revisions, and notes after each how far
 * it has come. Two records of one transaction have the same revision. The second is lost if the process dies between
 * the note after the first and the second copy: a crash in a window of one round trip.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, options, satisfied, sleep, untilDone, violated } from './common.js';

const POLLS = 30;
const POLL_MS = 100;

const nothingSkipped: Check = {
  name: 'nothing-skipped',
  description: 'Once the relay has noted a later revision, a record has been copied.',
  check({ log }) {
    const waiting = new Map<string, number>();
    for (const { revision, events } of log) {
      for (const { key, value } of events) {
        const [place, id] = key.split('/');
        if (id !== undefined && place === 'in') waiting.set(id, revision);
        if (id !== undefined && place === 'out') waiting.delete(id);
        if (key !== 'noted') continue;
        const skipped = [...waiting].find(([, at]) => at < Number(value));
        if (skipped === undefined) continue;
        const message = `${skipped[0]} came at revision ${skipped[1]} and was not copied, but the relay noted revision ${value}`;
        return violated(message, [skipped[0].slice(0, -1)], [skipped[1], revision]);
      }
    }
    return satisfied;
  },
};

export const relayCheckpoint = defineScenario({
  name: 'relay-checkpoint',
  description: 'A relay that notes a revision before it has copied all records of that revision.',
  options,
  nodes: () =>
    fc
      .tuple(
        drawNodes(['w1', 'w2'], 'write', fc.record({ both: fc.boolean(), pauseMs: fc.nat(500) }), [3, 6]),
        drawNodes(['relay'], 'relay', fc.constant(null), [1, 1]),
      )
      .map(([writers, relay]) => [...writers, ...relay]),
  // The relay starts anew from its note.
  restart: (operations, begun) =>
    operations
      .filter(({ id, name }) => name === 'relay' || !begun.some((one) => one.id === id))
      .map((one) => (one.name === 'relay' ? { ...one, id: `${one.id}.${begun.length}` } : one)),
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const copyNew = async (): Promise<void> => {
      const noted = (await client.get(`${prefix}noted`).number()) ?? 0;
      const from = client
        .getAll()
        .prefix(`${prefix}in/`)
        .minModRevision(noted + 1);
      const { kvs } = await from.sort('Mod', 'Ascend').exec();
      for (const [index, { key, value, mod_revision }] of kvs.entries()) {
        const name = key.toString().slice(`${prefix}in/`.length);
        await client.put(`${prefix}out/${name}`).value(value);
        const isLast = kvs[index + 1]?.mod_revision !== mod_revision;
        if (variant === 'wrong' || isLast) await client.put(`${prefix}noted`).value(mod_revision);
      }
    };
    for (const operation of operations) {
      await perform(operation, async () => {
        if (operation.name === 'relay') {
          for (let poll = 0; poll < POLLS; poll++) {
            await untilDone(copyNew);
            await sleep(POLL_MS);
          }
          return { output: null };
        }
        const { both, pauseMs } = operation.input as { readonly both: boolean; readonly pauseMs: number };
        await sleep(pauseMs);
        const put = (part: string) => client.put(`${prefix}in/${operation.id}${part}`).value('record');
        await client
          .if(`${prefix}closed`, 'Create', '==', 0)
          .then(put('a'), ...(both ? [put('b')] : []))
          .commit();
        return { output: null };
      });
    }
  },
  checks: () => [nothingSkipped],
});
