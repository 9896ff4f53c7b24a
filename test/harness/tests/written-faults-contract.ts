/**
 * What faults written as data do to a test's nodes, on any backend: each story waits for what its fault does, and never for
 * a time. Invariant: the same data, bodies and expectations on every backend.
 */
import type { Etcd3 } from 'etcd3';
import { expect, it } from 'vitest';
import type { Backend } from '../../../sim/backend/backend.js';
import type { Fault } from '../../../sim/faults/index.js';
import type { Sim, SimNode } from '../../../sim/harness/tests/sim.js';
import type { FaultRecord } from '../../../sim/run/run-result.js';
import { checkBody } from './one.js';

/** A call that takes longer has failed. */
const PATIENCE_MS = 500;
const LOOK_EVERY_MS = 50;
/** Longer than every window below. */
const LOOKS_MAX = 120;

const TOLD = 'to see its run';

interface Story {
  /** The seed's faults, as data. */
  readonly faults: readonly Fault[];
  readonly members?: 1 | 3;
  /** What its nodes see under these faults, in this order; in a calm run they see less, and end too. */
  readonly sees: readonly string[];
  readonly body: (sim: Sim, saw: (what: string) => void) => void;
}

const put = (client: Etcd3, key: string): Promise<boolean> =>
  client
    .put(key)
    .value(Date.now())
    .options({ deadline: Date.now() + PATIENCE_MS })
    .exec()
    .then(
      () => true,
      () => false,
    );

/** Looks until it is so. In a calm run it never may be. */
async function wait({ sleep }: Pick<SimNode, 'sleep'>, isSo: () => Promise<boolean>): Promise<boolean> {
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    if (await isSo()) return true;
    await sleep(LOOK_EVERY_MS);
  }
  return false;
}

const isRefused = (call: Promise<unknown>, words: RegExp): Promise<boolean> =>
  call.then(
    () => false,
    (error: unknown) => words.test(String(error)),
  );

const stories: Readonly<Record<string, Story>> = {
  'a partition cuts one node off, and not the other, until it is over': {
    faults: [{ kind: 'partition', node: 'a', member: 'm1', atMs: 300, durationMs: 3000 }],
    sees: ['a is cut off', 'b writes', 'a is back'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        if (await wait(node, async () => !(await put(node.client, 'a')))) saw('a is cut off');
        node.mark('cut off');
        await node.when('b has written');
        if (await wait(node, () => put(node.client, 'a'))) saw('a is back');
      });
      sim.node('b', async (node) => {
        await node.when('cut off');
        if (await put(node.client, 'b')) saw('b writes');
        node.mark('b has written');
      });
    },
  },
  'a member that restarts refuses calls, and keeps its data': {
    faults: [{ kind: 'member-restart', member: 'm1', atMs: 500, durationMs: 2000 }],
    sees: ['refused', 'served again', 'kept'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        await wait(node, () => put(node.client, 'kept'));
        if (await wait(node, async () => !(await put(node.client, 'other')))) saw('refused');
        if (await wait(node, () => put(node.client, 'other'))) saw('served again');
        if ((await node.client.get('kept').string()) !== null) saw('kept');
      });
    },
  },
  'a reply that is lost leaves the write in etcd': {
    faults: [{ kind: 'reply-lost', node: 'a', member: 'm1', once: true, atMs: 300, durationMs: 2000 }],
    sees: ['no answer', 'written'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        let tries = 0;
        const isLost = await wait(node, async () => !(await put(node.client, `try/${(tries += 1)}`)));
        if (isLost) saw('no answer');
        await wait(node, () => put(node.client, 'again'));
        if (isLost && (await node.client.get(`try/${tries}`).string()) !== null) saw('written');
      });
    },
  },
  'a connection that is reset is opened again': {
    faults: [{ kind: 'connection-reset', node: 'a', member: 'm1', atMs: 1000, durationMs: 0 }],
    sees: ['disconnected', 'connected'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        const watcher = await node.client.watch().key('a').create();
        let isCut = false;
        watcher.once('disconnected', () => (isCut = true));
        if (await wait(node, () => Promise.resolve(isCut))) saw('disconnected');
        if (await wait(node, () => put(node.client, 'a'))) saw('connected');
      });
    },
  },
  'a compaction takes the past away': {
    faults: [{ kind: 'compaction', keep: 0, atMs: 1000, durationMs: 0 }],
    sees: ['compacted', 'kept'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        const { header } = await node.client.put('a').value(1);
        await node.client.put('a').value(2);
        const read = () => node.client.get('a').revision(header.revision).exec();
        if (await wait(node, () => isRefused(read(), /compacted/))) saw('compacted');
        if ((await node.client.get('a').string()) === '2') saw('kept');
      });
    },
  },
  'a lease that is revoked takes its keys with it': {
    faults: [{ kind: 'lease-revoked', index: 0, atMs: 1500, durationMs: 0 }],
    sees: ['gone'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        await node.client.lease(600).put('alive').value('a');
        if (await wait(node, async () => (await node.client.get('alive').string()) === null)) saw('gone');
      });
    },
  },
  'leadership moves': {
    faults: [
      // Whichever leads, one of these moves it.
      { kind: 'leader-change', member: 'm1', atMs: 1000, durationMs: 0 },
      { kind: 'leader-change', member: 'm2', atMs: 2000, durationMs: 0 },
    ],
    members: 3,
    sees: ['another leads'],
    body(sim, saw) {
      sim.node('a', async (node) => {
        let first: string | undefined;
        const leads = async (): Promise<boolean> => {
          const { leader } = await node.client.maintenance.status();
          first ??= leader;
          return leader !== '0' && leader !== first;
        };
        if (await wait(node, () => leads().catch(() => false))) saw('another leads');
      });
    },
  },
};

async function told(story: Story, backend: Backend): Promise<readonly FaultRecord[]> {
  const { faults, members = 1, sees, body } = story;
  let seen: readonly string[] = [];
  const report = await checkBody(
    async (sim) => {
      const mine: string[] = [];
      seen = mine;
      body(sim, (what) => void mine.push(what));
      const ends = await sim.nodesEnded();
      expect(ends.map(({ how }) => how)).toEqual(ends.map(() => 'ended'));
      throw new Error(TOLD);
    },
    { faults, members, backend },
  );
  const result = report.failures[0]?.result;
  const problems = result?.problems.map((problem) => ('error' in problem ? problem.error.message : problem));
  expect(problems).toEqual([TOLD]);
  expect(seen).toEqual(sees);
  expect(result?.plan.faults).toEqual(faults);
  return result?.faults ?? [];
}

/** @param backend makes one for each story */
export function describeWrittenFaults(backend: () => Backend): void {
  it.each(Object.entries(stories))('%s', async (_what, story) => {
    const records = await told(story, backend());
    expect(records.map(({ kind }) => kind)).toEqual(story.faults.map(({ kind }) => kind));
    expect(records.filter(({ text }) => text.includes('not applied'))).toEqual([]);
    expect(records.some(({ startedUs, endedUs }) => startedUs !== undefined && endedUs !== undefined)).toBe(
      true,
    );
  });
}

/** Faults of a process, which a real etcd in the test's own process cannot have. */
export const faultsOfProcesses: readonly Fault[] = [
  { kind: 'node-pause', node: 'a', atMs: 100, durationMs: 100 },
  { kind: 'clock-jump', node: 'a', byMs: 60_000, atMs: 100, durationMs: 500 },
];

export const tellProcesses = (backend: Backend): Promise<readonly FaultRecord[]> =>
  told(
    {
      faults: faultsOfProcesses,
      sees: [],
      body(sim) {
        sim.node('a', async (node) => {
          for (let round = 0; round < 20; round++) {
            await put(node.client, 'a');
            await node.sleep(50);
          }
        });
      },
    },
    backend,
  );
