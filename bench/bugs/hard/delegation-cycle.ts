/**
 * People on leave delegate to others, never in a circle. Before someone delegates, they follow the chain of the other to
 * its end, link by link, and then compare only the first link. A circle of three needs three nodes in one exact
 * order, within a few round trips: one delegates, another follows its chain, a third delegates, the second one does.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const PEOPLE = ['ann', 'bob', 'cid', 'dan', 'eve'];

const person = fc.constantFrom(...PEOPLE);
const leave = fc
  .record({ who: person, to: person, ends: fc.boolean(), pauseMs: fc.nat(60) })
  .filter(({ who, to }) => who !== to);

const noCircle: Check = {
  name: 'no-circle',
  description: 'Nobody delegates to themselves, by any number of links.',
  check({ log }) {
    const links = new Map<string, string>();
    for (const { revision, events } of log) {
      for (const { type, key, value } of events) {
        if (type === 'put') links.set(key, value);
        else links.delete(key);
      }
      for (const start of links.keys()) {
        const chain = [start];
        for (
          let at = links.get(start);
          at !== undefined && chain.length <= PEOPLE.length;
          at = links.get(at)
        ) {
          chain.push(at);
          if (at === start)
            return violated(`from revision ${revision} on, ${chain.join(' delegates to ')}`, [], [revision]);
        }
      }
    }
    return satisfied;
  },
};

export const delegationCycle = defineScenario({
  name: 'delegation-cycle',
  description: 'Delegations that compare only the first link of a chain.',
  options,
  nodes: () => drawNodes(['n1', 'n2', 'n3'], 'leave', leave, [6, 10]),
  restart: notBegun,
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const place = client.namespace(prefix);
    /** The links from a person on, as far as they go: whom each delegates to, and since which revision. */
    const follow = async (from: string) => {
      const links: { who: string; to: string; mod: string }[] = [];
      for (let who = from; who !== '' && links.length < PEOPLE.length;) {
        const { kvs } = await place.get(who).exec();
        const to: string = kvs[0]?.value.toString() ?? '';
        links.push({ who, to, mod: kvs[0]?.mod_revision ?? '0' });
        who = to;
      }
      return links;
    };
    const delegate = async (who: string, to: string): Promise<string> => {
      const links = await follow(to);
      if (links.some((link) => link.who === who || link.to === who)) return 'circle';
      const [first, ...others] = links;
      if (first === undefined) return 'nobody';
      let unchanged = place.if(first.who, 'Mod', '==', Number(first.mod));
      if (variant === 'right')
        for (const { who, mod } of others) unchanged = unchanged.and(who, 'Mod', '==', Number(mod));
      const { succeeded } = await unchanged.then(place.put(who).value(to)).commit();
      return succeeded ? 'delegated' : 'changed';
    };
    for (const operation of operations) {
      const { who, to, ends, pauseMs } = operation.input as {
        who: string;
        to: string;
        ends: boolean;
        pauseMs: number;
      };
      await sleep(pauseMs);
      await perform(operation, async () => {
        if (!ends) return { output: await untilDone(() => delegate(who, to)) };
        await untilDone(() => place.delete().key(who).exec());
        return { output: 'ended' };
      });
    }
  },
  checks: () => [noCircle],
});
