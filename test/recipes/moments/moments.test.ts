/** Every call of every recipe, given up, closed, killed, and robbed of its messages at moments drawn by seeds. */
import { describe, expect, it } from 'vitest';
import { RandomStreams, type RandomStream } from '../../../sim/engine/random.js';
import type { LinkVerdict } from '../../../sim/network/rule.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';
import { answerOf, endOf, expectTrue, logOf, type End } from './log.js';
import { interruptibleCalls, type InterruptibleCall } from './interruptible-calls.js';

/** What ends a call before its time. */
const endings = ['given up', 'closed', 'killed'] as const;
type Ending = (typeof endings)[number];

const FAULTS_LAST_MS = 4000;
/** By then every late copy has arrived, and every lease of a process that died has expired. */
const QUIET_AFTER_MS = 90_000;
const SEEDS_EACH: Readonly<Record<Ending, number>> = { 'given up': 16, closed: 8, killed: 8 };

const verdicts: readonly ((random: RandomStream) => LinkVerdict)[] = [
  () => ({ kind: 'drop' }),
  () => ({ kind: 'cut' }),
  (random) => ({ kind: 'delay', byUs: random.integer(1, 3_000_000) }),
  (random) => ({ kind: 'late', byUs: random.integer(1, 8_000_000) }),
];

/** Lets messages of node n1 meet faults, some of them or most; resolves when that is over. */
async function haunt(etcd: SimulatedEtcd, random: RandomStream): Promise<void> {
  const perMille = [0, 50, 200, 600][random.integer(0, 3)] ?? 0;
  const ends = etcd.cluster.members.map(({ name }) =>
    etcd.network.link('n1', name).addRule(({ direction }) => {
      if (direction === 'connect' || direction === 'close') return { kind: 'pass' };
      if (random.integer(1, 1000) > perMille) return { kind: 'pass' };
      const verdict = verdicts[random.integer(0, verdicts.length - 1)]?.(random);
      if (verdict?.kind === 'late' && direction === 'reply') return { kind: 'drop' };
      return verdict ?? { kind: 'pass' };
    }),
  );
  const stops = random.integer(0, 3) === 0 && ends.length > 1;
  const member = `m${random.integer(1, ends.length)}`;
  if (stops) {
    etcd.cluster.stopMember(member);
    etcd.network.resetMember(member);
  }
  await etcd.passes(FAULTS_LAST_MS);
  if (stops) etcd.cluster.startMember(member);
  for (const end of ends) end();
}

/** When a call is ended: most often while its first requests are under way. */
function momentMs(random: RandomStream): number {
  const uptoUs = [8000, 30_000, FAULTS_LAST_MS * 1000][random.integer(0, 2)] ?? 0;
  return random.integer(0, uptoUs) / 1000;
}

async function once(
  interruptible: InterruptibleCall,
  ending: Ending,
  seed: number,
): Promise<End | undefined> {
  const random = new RandomStreams(`${interruptible.name}/${ending}/${seed}`).stream('moments');
  return inSimulation(
    async (etcd) => {
      const own = etcd.client('n1');
      const call = await etcd.as('n1', () =>
        interruptible.open(own, etcd.client('n2'), { requestTimeoutMs: 1500 }),
      );
      const { close } = call;
      if (ending === 'closed' && close === undefined) return undefined;
      const faults = haunt(etcd, random);
      const controller = new AbortController();
      const reason = new Error('given up');
      let end = UNKNOWN;
      const over = etcd.as('n1', async () => {
        setTimeout(() => {
          if (ending === 'given up') controller.abort(reason);
          if (ending === 'closed') void close?.().catch(() => undefined);
        }, momentMs(random));
        end = await endOf(call.make(controller.signal), reason);
      });
      if (ending === 'killed') {
        await etcd.passes(momentMs(random));
        etcd.kill('n1');
      }
      await faults;
      await etcd.passes(QUIET_AFTER_MS);
      if (ending !== 'killed') await over;
      const times = call.happened(await logOf(etcd.client().namespace('')), answerOf(end));
      // What a process held that died is gone with its lease, though it had answered.
      if (ending !== 'killed') expectTrue(end, times, { seed });
      else expect(times).toBeLessThanOrEqual(1);
      return end;
    },
    { seed, members: seed % 3 === 0 ? 3 : 1 },
  );
}

const UNKNOWN: End = { kind: 'unknown' };

describe.each(endings)('a call that is %s', (ending) => {
  it.each(interruptibleCalls.map((interruptible) => [interruptible.name, interruptible] as const))(
    'has happened once, never, or may have, as it says: %s',
    async (_, interruptible) => {
      const ends = new Set<string | undefined>();
      for (let seed = 0; seed < SEEDS_EACH[ending]; seed++)
        ends.add((await once(interruptible, ending, seed))?.kind);
      // A search that never gave anything up, or never let anything happen, would find nothing.
      if (ending === 'given up') expect([...ends]).toEqual(expect.arrayContaining(['ok', 'given up']));
    },
  );
});
