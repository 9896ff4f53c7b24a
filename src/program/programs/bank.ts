/**
 * `recipe bank`: five accounts of 100 each, ten workers that each make a hundred transfers of half a balance between
 * two accounts drawn at random, all in software transactions, and then the balances and their sum.
 */
import { setMaxListeners } from 'node:events';
import { STM } from '../../stm/stm.js';
import type { Transaction } from '../../stm/transaction.js';
import type { Program, ProgramContext } from '../program.js';

const ACCOUNTS = 5;
const OPENING_BALANCE = 100;
const WORKERS = 10;
const TRANSFERS_PER_WORKER = 100;

export function open({ client, settings, tell }: ProgramContext): Program {
  const prefix = settings.name === undefined ? 'accts/' : `${settings.name}/accts/`;
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `${prefix}${index}`);
  const stm = new STM(client);
  return {
    kind: 'batch',
    name: `bank ${prefix}`,
    work: {
      usage: 'bank',
      waiting: `${WORKERS} workers make ${TRANSFERS_PER_WORKER} transfers each`,
      givenUp: 'transfers in flight may still complete, whole or not at all',
      async run({ signal, print }) {
        // Every worker listens to it.
        setMaxListeners(0, signal);
        await stm.run(
          (transaction) => {
            for (const account of accounts) transaction.put(account, String(OPENING_BALANCE));
          },
          { signal },
        );
        let conflicts = 0;
        const work = async () => {
          for (let transfer = 0; transfer < TRANSFERS_PER_WORKER; transfer++) {
            const [from, to] = [draw(accounts), draw(accounts)];
            if (from === to) continue;
            const done = await stm.run((transaction) => transferHalf(transaction, from, to), {
              signal,
              prefetch: [from, to],
            });
            conflicts += done.conflicts;
          }
        };
        await Promise.all(Array.from({ length: WORKERS }, work));
        const { value: balances } = await stm.run(
          (transaction) => Promise.all(accounts.map((account) => balanceOf(transaction, account))),
          { signal, prefetch: accounts },
        );
        tell(`${WORKERS * TRANSFERS_PER_WORKER} transfers, ${conflicts} conflicts`);
        accounts.forEach((account, index) => print(`account ${account}: ${balances[index]}`));
        print(`account sum is ${balances.reduce((sum, balance) => sum + balance, 0)}`);
      },
    },
    close: (options) => stm.close(options),
  };
}

async function transferHalf(transaction: Transaction, from: string, to: string): Promise<void> {
  const balance = await balanceOf(transaction, from);
  const amount = Math.floor(balance / 2);
  transaction.put(from, String(balance - amount));
  transaction.put(to, String((await balanceOf(transaction, to)) + amount));
}

async function balanceOf(transaction: Transaction, account: string): Promise<number> {
  return Number((await transaction.get(account)) ?? 0);
}

function draw(accounts: readonly string[]): string {
  return accounts[Math.floor(Math.random() * accounts.length)] ?? '';
}
