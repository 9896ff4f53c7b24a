/**
 * An audit lists the accounts in pages, each as of the moment in which it is read. An account that is renamed between
 * two pages, from a later page to an earlier one, is in neither. The rename must fall into the one round trip in which
 * its old page is due and its new page has been read.
 */
import fc from 'fast-check';
import type { Check } from '../../../sim/check/check.js';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import { drawNodes, notBegun, options, satisfied, sleep, untilDone, violated } from './common.js';

const PAGE = 2;
const ACCOUNTS = 4;

const allCounted: Check = {
  name: 'all-counted',
  description: 'An audit counts each account once.',
  check({ operations }) {
    const wrong = operations.find(
      ({ name, outcome }) => name === 'audit' && outcome?.kind === 'ok' && outcome.output !== ACCOUNTS,
    );
    if (wrong?.outcome?.kind !== 'ok') return satisfied;
    const counted = JSON.stringify(wrong.outcome.output);
    return violated(`${wrong.id} counted ${counted} accounts, of ${ACCOUNTS}`, [wrong.id]);
  },
};

export const auditPages = defineScenario({
  name: 'audit-pages',
  description: 'An audit in pages, each of another revision.',
  options,
  nodes: () =>
    fc
      .tuple(
        drawNodes(
          ['clerk'],
          'rename',
          fc.record({
            which: fc.nat(ACCOUNTS - 1),
            letter: fc.constantFrom('a', 'z'),
            pauseMs: fc.nat(6000),
          }),
          [1, 1],
        ),
        drawNodes(['auditor'], 'audit', fc.record({ pauseMs: fc.nat(6000) }), [1, 1]),
      )
      .map(([clerks, auditors]) => [...clerks, ...auditors]),
  restart: notBegun,
  async setup({ client, prefix }) {
    for (let which = 0; which < ACCOUNTS; which++) await client.put(`${prefix}acc/m${which}`).value(which);
  },
  async run({ client, prefix, perform, options: { variant } }, operations) {
    const place = client.namespace(prefix);
    const audit = async (): Promise<number> => {
      let counted = 0;
      let from = 'acc/';
      let revision: string | undefined;
      for (;;) {
        const page = place.getAll().inRange({ start: from, end: 'acc0' }).sort('Key', 'Ascend').limit(PAGE);
        if (variant === 'right' && revision !== undefined) page.revision(revision);
        const { kvs, header, more } = await page.exec();
        revision ??= header.revision;
        counted += kvs.length;
        const last = kvs.at(-1);
        if (!more || last === undefined) return counted;
        from = `${last.key.toString()}\0`;
      }
    };
    const rename = async (which: number, letter: string): Promise<void> => {
      const kvs = await place.getAll().prefix('acc/').strings();
      const old = Object.keys(kvs).find((key) => kvs[key] === String(which));
      const name = `acc/${letter}${which}`;
      if (old === undefined || old === name) return;
      await place
        .if(old, 'Create', '>', 0)
        .then(place.delete().key(old), place.put(name).value(which))
        .commit();
    };
    for (const operation of operations) {
      const { which, letter, pauseMs } = operation.input as {
        which: number;
        letter: string;
        pauseMs: number;
      };
      await sleep(pauseMs);
      await perform(operation, async () => {
        if (operation.name === 'audit') return { output: await untilDone(audit) };
        await untilDone(() => rename(which, letter));
        return { output: null };
      });
    }
  },
  checks: () => [allCounted],
});
