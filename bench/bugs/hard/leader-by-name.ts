/**
 * A leader that adds to a list writes only while the leader's key has its name. It campaigns again in the background when
 * it has lost its lease. Then the key has its name although another has led, and written, in between. Four in this
 * order, within one operation: the lease ends, another is elected, it writes and resigns, the first is elected again.
 */
import type { Lease } from 'etcd3';
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const TTL_SECONDS = 2;
const TRY_EVERY_MS = 100;

const onlyGrows: Check = {
  name: 'list-only-grows',
  description: 'What a leader wrote stays in the list.',
  check({ log }) {
    let before: readonly string[] = [];
    for (const { revision, events } of log) {
      const written = events.find(({ key }) => key === 'list');
      if (written === undefined) continue;
      const now = JSON.parse(written.value) as readonly string[];
      const lost = before.find((id) => !now.includes(id));
      if (lost !== undefined)
        return violated(
          `${now.at(-1)} overwrote ${lost} at revision ${revision}`,
          [lost, now.at(-1) ?? ''],
          [revision],
        );
      before = now;
    }
    return satisfied;
  },
};

export const leaderByName = defineScenario({
  name: 'leader-by-name',
  description: 'A leader that compares its name, and not the revision of its election.',
  options,
  nodes: () =>
    drawNodes(
      ['a', 'b', 'c'],
      'append',
      fc.record({ pauseMs: fc.nat(300), computeMs: fc.integer({ min: 100, max: 400 }) }),
      [2, 3],
    ),
  restart: notBegun,
  async run({ client, prefix, node, perform, options: { variant } }, operations) {
    const place = client.namespace(prefix);
    let term: { readonly lease: Lease; readonly created: string } | undefined;
    let campaigning: Promise<void> | undefined;

    const lead = (): Promise<void> => (campaigning ??= campaign().finally(() => (campaigning = undefined)));
    async function campaign(): Promise<void> {
      while (term === undefined) {
        const lease = place.lease(TTL_SECONDS);
        lease.on('lost', () => {
          if (term?.lease !== lease) return;
          term = undefined;
          void lead();
        });
        const won = await lease
          .grant()
          .then((id) =>
            place.if('leader', 'Create', '==', 0).then(place.put('leader').value(node).lease(id)).commit(),
          )
          .catch(() => undefined);
        if (won?.succeeded === true) term = { lease, created: won.header.revision };
        else await lease.revoke().catch(() => undefined);
        if (term === undefined) await sleep(TRY_EVERY_MS);
      }
    }
    async function append(id: string, computeMs: number): Promise<string> {
      await lead();
      const created = Number(term?.created ?? 0);
      const list = JSON.parse((await place.get('list').string()) ?? '[]') as readonly string[];
      if (list.includes(id)) return 'appended';
      await sleep(computeMs);
      const leads =
        variant === 'wrong'
          ? place.if('leader', 'Value', '==', node)
          : place.if('leader', 'Create', '==', created);
      const { succeeded } = await leads.then(place.put('list').value(JSON.stringify([...list, id]))).commit();
      return succeeded ? 'appended' : 'refused';
    }
    for (const operation of operations) {
      const { pauseMs, computeMs } = operation.input as {
        readonly pauseMs: number;
        readonly computeMs: number;
      };
      await sleep(pauseMs);
      await perform(operation, async () => ({
        output: await untilDone(() => append(operation.id, computeMs)),
      }));
      await campaigning;
      const ended = term;
      term = undefined;
      await ended?.lease.revoke().catch(() => undefined);
    }
  },
  checks: () => [onlyGrows],
});
