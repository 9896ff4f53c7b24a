/**
 * An inbox that acknowledges too early: if etcd has not answered for eight seconds, it keeps the note in memory, says
 * that the note is safe, and stores it later. The note is lost if the process dies before. Two faults must meet: an
 * outage that lasts, and a crash in it or shortly after its end.
 */
import fc from 'fast-check';
import type { Etcd3 } from 'etcd3';
import { defineScenario } from '../../../sim/scenario/define-scenario.js';
import type { Check } from '../../../sim/check/check.js';
import { notBegun, options, satisfied, sleep, violated } from './common.js';

const PATIENCE_MS = 8000;
const RETRY_MS = 200;
const FLUSH_EVERY_MS = 1000;

class Inbox {
  readonly #client: Etcd3;
  readonly #patienceMs: number;
  readonly #kept: string[] = [];

  constructor(client: Etcd3, patienceMs: number) {
    this.#client = client;
    this.#patienceMs = patienceMs;
  }

  /** Resolves once the note is safe. */
  async accept(key: string): Promise<void> {
    const untilMs = performance.now() + this.#patienceMs;
    while (performance.now() < untilMs) {
      if (await this.#store(key)) return;
      await sleep(RETRY_MS);
    }
    this.#kept.push(key);
  }

  /** Stores what was kept; resolves once nothing is kept. */
  async flush(): Promise<void> {
    for (let key = this.#kept[0]; key !== undefined; key = this.#kept[0]) {
      if (await this.#store(key)) this.#kept.shift();
      else await sleep(FLUSH_EVERY_MS);
    }
  }

  #store(key: string): Promise<boolean> {
    const deadline = Date.now() + 1000;
    return this.#client
      .put(key)
      .value('note')
      .options({ deadline })
      .exec()
      .then(
        () => true,
        () => false,
      );
  }
}

const accepted: Check = {
  name: 'accepted-is-stored',
  description: 'a note that was accepted is in etcd when all is over',
  check({ operations, log }) {
    const stored = new Set(log.flatMap(({ events }) => events.map(({ key }) => key)));
    const lost = operations.find(({ id, outcome }) => outcome?.kind === 'ok' && !stored.has(`note/${id}`));
    if (lost === undefined) return satisfied;
    return violated(`${lost.id} was accepted, and its note was never stored`, [lost.id]);
  },
};

export const inboxWriteBehind = defineScenario({
  name: 'inbox-write-behind',
  description: 'An inbox that says that a note is safe before it is.',
  options,
  nodes: () =>
    fc.tuple(
      ...['n1', 'n2'].map((name) =>
        fc.array(fc.nat(1500), { minLength: 3, maxLength: 6 }).map((pauses) => ({
          name,
          operations: pauses.map((pauseMs, index) => ({
            id: `${name}-${index + 1}`,
            name: 'accept',
            input: { pauseMs },
          })),
        })),
      ),
    ),
  restart: notBegun,
  async run(context, operations) {
    const inbox = new Inbox(context.client, context.options.variant === 'wrong' ? PATIENCE_MS : Infinity);
    let flushing = Promise.resolve();
    for (const operation of operations) {
      await sleep((operation.input as { readonly pauseMs: number }).pauseMs);
      await context.perform(operation, async () => {
        await inbox.accept(`${context.prefix}note/${operation.id}`);
        return { output: null };
      });
      flushing = flushing.then(() => inbox.flush());
    }
    await flushing;
  },
  checks: () => [accepted],
});
