/** The bank as a user would test it: any concurrent transfers of the clients leave the sum unchanged. */
import fc from 'fast-check';
import { accountNames, ACCOUNTS } from '../../../scenarios/bank/ledger.js';
import type { OpenTeller } from '../../../scenarios/bank/teller.js';
import { assertThat, attempt, type Subject } from './subject.js';

interface Transfer {
  readonly teller: number;
  readonly from: string;
  readonly to: string;
}

const BALANCE = 100;
const accounts = accountNames(3);

export function bankSubject(open: OpenTeller): Subject<Transfer> {
  return {
    step: fc
      .tuple(fc.nat(2), fc.shuffledSubarray([...accounts], { minLength: 2, maxLength: 2 }))
      .map(([teller, [from = '', to = '']]) => ({ teller, from, to })),
    async open(world) {
      const calm = world.calmClient();
      for (const account of accounts) await calm.put(`t/${ACCOUNTS}${account}`).value(BALANCE);
      const tellers = [0, 1, 2].map((index) => open(world.context(`teller${index}`)));
      let transfers = 0;
      return {
        laneOf: ({ teller }) => String(teller),
        async play({ teller, from, to }) {
          const id = `transfer-${++transfers}`;
          await attempt(world, () => (tellers[teller] as (typeof tellers)[0]).transfer({ id, from, to }));
        },
        async finish() {
          const balances = await calm.getAll().prefix(`t/${ACCOUNTS}`).numbers();
          const sum = Object.values(balances).reduce((total, balance) => total + balance, 0);
          assertThat(sum === BALANCE * accounts.length, `the sum is ${sum}`);
        },
      };
    },
  };
}
