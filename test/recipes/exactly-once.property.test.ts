import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecipeError, STM, transfer, type Isolation } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork, fates, type Fate } from './fake/network.js';

/** What a transaction of the property does besides writing its own key. */
type Work =
  /** Adds one to the counter. */
  | 'increment'
  /** Creates the flag where it is missing, deletes it where it is there: what makes late copies treacherous. */
  | 'toggle'
  /** Nothing. */
  | 'blind'
  /** Reads the flag, and writes nothing at all where it is there. */
  | 'unless flagged'
  /** Reads the flag, and throws where it is there. */
  | 'refuse if flagged'
  /** Creates the flag, which it does not read. */
  | 'raise flag';

interface Script {
  readonly isolation: Isolation;
  /** Each worker's transactions, in order. */
  readonly workers: readonly (readonly Work[])[];
  /** Whether workers share one handle. */
  readonly shared: boolean;
  readonly maxAttempts: number;
  /** What the requests meet, in order of their sending; after the last everything passes. */
  readonly fates: readonly Fate[];
  /** After how many requests a late copy arrives, and which. */
  readonly arrivals: readonly { readonly after: number; readonly which: number }[];
}

const script: fc.Arbitrary<Script> = fc.record({
  isolation: fc.constantFrom<Isolation>('SerializableSnapshot', 'Serializable', 'RepeatableReads'),
  workers: fc.array(
    fc.array(
      fc.constantFrom<Work>(
        'increment',
        'toggle',
        'blind',
        'unless flagged',
        'refuse if flagged',
        'raise flag',
      ),
      { minLength: 1, maxLength: 4 },
    ),
    { minLength: 1, maxLength: 4 },
  ),
  shared: fc.boolean(),
  maxAttempts: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Infinity)),
  fates: fc.array(fc.constantFrom(...fates), { maxLength: 60 }),
  arrivals: fc.array(fc.record({ after: fc.integer({ min: 1, max: 6 }), which: fc.nat(3) }), {
    maxLength: 30,
  }),
});

type Outcome =
  | { readonly kind: 'ok'; readonly wrote: boolean; readonly revision: number }
  | { readonly kind: 'failed' | 'indefinite' };

/** A network that follows the script, and whose late copies arrive between other requests. */
function networkOf({ fates: list, arrivals }: Pick<Script, 'fates' | 'arrivals'>): FakeNetwork {
  const network = new FakeNetwork(new FakeKv());
  let sent = 0;
  let arrival = 0;
  let sinceArrival = 0;
  network.decide = () => {
    sinceArrival += 1;
    const due = arrivals[arrival];
    if (due !== undefined && network.lateCopies > 0 && sinceArrival >= due.after) {
      arrival += 1;
      sinceArrival = 0;
      network.deliverLate(due.which % network.lateCopies);
    }
    return list[sent++] ?? 'pass';
  };
  return network;
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof RecipeError) return { kind: error.definite ? 'failed' : 'indefinite' };
  if (error instanceof Error && error.message === 'flagged') return { kind: 'failed' };
  throw error;
}

describe('with any faults of requests', () => {
  it('a transaction that is ok has applied once at the revision it reports, one that failed never, others at most once', async () => {
    await fc.assert(
      fc.asyncProperty(script, async ({ isolation, workers, shared, maxAttempts, ...faults }) => {
        const network = networkOf(faults);
        const { kv } = network;
        const client = network.client();
        const open = () => new STM(client, { isolation, maxAttempts, backoff: { initialMs: 0 } });
        const handle = open();
        const outcomes = new Map<string, Outcome>();
        await Promise.all(
          workers.map(async (list, worker) => {
            const stm = shared ? handle : open();
            for (const [index, work] of list.entries()) {
              const key = `op/${worker}-${index}-${work}`;
              outcomes.set(key, await perform(stm, key, work).catch(outcomeOf));
            }
          }),
        );
        network.deliverAllLate();
        for (const [key, outcome] of outcomes) {
          const times = kv.puts(key).length;
          if (outcome.kind === 'indefinite') expect(times, key).toBeLessThanOrEqual(1);
          else expect(times, key).toBe(outcome.kind === 'ok' && outcome.wrote ? 1 : 0);
          if (outcome.kind === 'ok' && outcome.wrote) expect(outcome.revision).toBe(kv.modRevision(key));
        }
        const increments = kv.keys('op/').filter((key) => key.endsWith('increment'));
        expect(Number(kv.value('n'))).toBe(increments.length);
      }),
      { numRuns: 1500 },
    );
  });

  it('a counter ends at the number of increments that are ok plus at most those that are indefinite', async () => {
    const increments = fc.record({ count: fc.integer({ min: 1, max: 12 }), script });
    await fc.assert(
      fc.asyncProperty(increments, async ({ count, script: { isolation, maxAttempts, ...faults } }) => {
        const network = networkOf(faults);
        const stm = new STM(network.client(), { isolation, maxAttempts, backoff: { initialMs: 0 } });
        const outcomes = await Promise.all(
          Array.from({ length: count }, (_, index) =>
            perform(stm, `op/${index}`, 'increment').catch(outcomeOf),
          ),
        );
        network.deliverAllLate();
        const [ok, indefinite] = ['ok', 'indefinite'].map(
          (kind) => outcomes.filter((one) => one.kind === kind).length,
        );
        const n = Number(network.kv.value('n'));
        expect(n).toBeGreaterThanOrEqual(ok ?? 0);
        expect(n).toBeLessThanOrEqual((ok ?? 0) + (indefinite ?? 0));
      }),
      { numRuns: 500 },
    );
  });

  it('transfers keep the sum, each at most once, and exactly once where they are ok', async () => {
    const transfers = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c')), {
      minLength: 1,
      maxLength: 10,
    });
    await fc.assert(
      fc.asyncProperty(transfers, script, async (list, { maxAttempts, ...faults }) => {
        const network = networkOf(faults);
        const { kv } = network;
        const accounts = ['a', 'b', 'c'].map((name) => `accounts/${name}`);
        for (const account of accounts) kv.put(account, '100');
        const client = network.client();
        const outcomes = await Promise.all(
          list.map(async ([from, to], index): Promise<Outcome> => {
            const half = (balance: number) => Math.floor(balance / 2);
            const options = { maxAttempts, backoff: { initialMs: 0 } };
            try {
              const { revision } = await transfer(
                client,
                { from, to, amount: half, id: `${index}` },
                options,
              );
              return { kind: 'ok', wrote: from !== to, revision };
            } catch (error) {
              return outcomeOf(error);
            }
          }),
        );
        network.deliverAllLate();
        expect(accounts.map((key) => Number(kv.value(key))).reduce((a, b) => a + b)).toBe(300);
        for (const [index, outcome] of outcomes.entries()) {
          const times = kv.puts(`receipts/${index}`).length;
          if (outcome.kind === 'indefinite') expect(times).toBeLessThanOrEqual(1);
          else expect(times).toBe(outcome.kind === 'ok' && outcome.wrote ? 1 : 0);
        }
      }),
      { numRuns: 500 },
    );
  });
});

async function perform(stm: STM, key: string, work: Work): Promise<Outcome> {
  const { value: wrote, revision } = await stm.run(async (tx) => {
    switch (work) {
      case 'increment':
        tx.put('n', String(Number(await tx.get('n')) + 1));
        break;
      case 'toggle':
        if ((await tx.get('flag')) === null) tx.put('flag', 'x');
        else tx.del('flag');
        break;
      case 'blind':
        break;
      case 'unless flagged':
        if ((await tx.get('flag')) !== null) return false;
        break;
      case 'refuse if flagged':
        if ((await tx.get('flag')) !== null) throw new Error('flagged');
        break;
      case 'raise flag':
        tx.put('flag', 'y');
        break;
      default:
        return work satisfies never;
    }
    tx.put(key, '1');
    return true;
  });
  return { kind: 'ok', wrote, revision };
}
