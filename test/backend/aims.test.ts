/** Faults that are aimed, that last as long as leases, and that meet: what they hit, and when. */
import { expect, it } from 'vitest';
import { aimedAt } from '../../sim/faults/acting.js';
import type { Fault } from '../../sim/faults/index.js';
import type { RunResult } from '../../sim/run/run-result.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import type { PlannedOperation } from '../../sim/plan/plan.js';
import { run, sleep, THREE } from './fault-runs.js';

/** n2 works, n1 only stays as long. */
const asSecond =
  (body: (context: NodeContext) => Promise<unknown>) =>
  async (context: NodeContext, operation: PlannedOperation): Promise<void> => {
    if (context.node !== 'n2') {
      await context.perform(operation, async () => {
        await sleep(60_000);
        return { output: null };
      });
      return;
    }
    await context.perform(operation, async () => {
      await body(context);
      return { output: null };
    });
  };

const holdsLease =
  (ttlSeconds: number, forMs: number) =>
  async ({ client }: NodeContext): Promise<void> => {
    const lease = client.lease(ttlSeconds);
    lease.on('lost', () => undefined);
    await lease.grant();
    await sleep(forMs);
    await lease.revoke().catch(() => undefined);
  };

const blind = { node: 'n1', member: 'm1', atMs: 0, durationMs: 0 } as const;

function faultOf({ faults }: RunResult, index = 0) {
  const { kind, text, hits, node, startedUs, endedUs } = faults[index] ?? {};
  return { kind, text, hits, node, startedUs, endedUs };
}

it('a fault that is aimed at a lease waits for a node that holds one, and hits that node', async () => {
  const fault: Fault = { ...blind, kind: 'connection-reset', aim: { at: 'lease', afterMs: 0 } };
  const result = await run(
    asSecond(async (context) => {
      await sleep(500);
      await holdsLease(5, 1000)(context);
    }),
    [fault],
  );
  const { text, hits, node, startedUs = 0 } = faultOf(result);
  expect(text).toBe('connection of n2 to m1 reset (n2 holds a lease)');
  expect(node).toBe('n2');
  expect(hits).toBeGreaterThan(0);
  expect(startedUs).toBeGreaterThan(500_000);
  expect(startedUs).toBeLessThan(520_000);
});

it('a fault whose aim never comes never begins, and holds nothing up', async () => {
  const fault: Fault = { ...blind, kind: 'connection-reset', aim: { at: 'lease', afterMs: 0 } };
  const result = await run(
    asSecond(({ client }) => client.get('key').string()),
    [fault],
  );
  expect(result.verdict).toBe('satisfied');
  expect(faultOf(result)).toEqual({
    kind: 'connection-reset',
    text: 'connection of n1 to m1 reset (waits for a node that holds a lease)',
    hits: 0,
    node: 'n1',
  });
});

it('a fault that is aimed at a write begins while the write is on its way', async () => {
  const fault: Fault = { ...blind, kind: 'request-lost', durationMs: 50, aim: { at: 'write', afterMs: 0 } };
  const result = await run(
    asSecond(async ({ client, prefix }) => {
      await client.get(`${prefix}key`).string();
      await sleep(100);
      await client.put(`${prefix}key`).value('lost').exec();
    }),
    [fault],
  );
  expect(faultOf(result).text).toBe('requests of n2 to m1 lost (n2 has sent a write to m1)');
  expect(faultOf(result).startedUs).toBeGreaterThan(100_000);
});

it('a fault that is aimed at a reply begins once a node has it', async () => {
  const aim = { at: 'reply', afterMs: 0 } as const;
  const fault: Fault = { kind: 'node-pause', node: 'n1', atMs: 0, durationMs: 300, aim };
  let tookMs = 0;
  const result = await run(
    asSecond(async ({ client, prefix }) => {
      await client.get(`${prefix}key`).string();
      const beganMs = performance.now();
      await client.put(`${prefix}key`).value('late').exec();
      tookMs = performance.now() - beganMs;
    }),
    [fault],
  );
  expect(faultOf(result).text).toBe('n2 paused for 300 ms (n2 has got a reply of m1)');
  expect(tookMs).toBeGreaterThanOrEqual(300);
});

it('a fault that is aimed at the leader hits the member that leads', async () => {
  const texts: string[] = [];
  for (const member of THREE) {
    const aim = { at: 'leader', afterMs: 0 } as const;
    const fault: Fault = { kind: 'member-pause', member, atMs: 10, durationMs: 20, aim };
    const result = await run(
      asSecond(({ client }) => client.get('key').string()),
      [fault],
      THREE,
    );
    texts.push(faultOf(result).text ?? '');
  }
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toMatch(/^(m\d) stands still for 20 ms \(\1 leads\)$/);
});

it('an outage of some lease times lasts by the longest TTL so far', async () => {
  const fault: Fault = { kind: 'partition', ...blind, atMs: 1000, durationMs: 7, ttls: 1.5 };
  const body = asSecond(holdsLease(4, 2000));
  const { startedUs = 0, endedUs = 0 } = faultOf(await run(body, [fault]));
  expect(endedUs - startedUs).toBe(6_000_000);
  const none = faultOf(
    await run(
      asSecond(() => sleep(2000)),
      [fault],
    ),
  );
  expect((none.endedUs ?? 0) - (none.startedUs ?? 0)).toBe(7000);
});

it('a long outage has its time until progress is required', async () => {
  const fault: Fault = { kind: 'partition', node: 'n2', member: 'm1', atMs: 500, durationMs: 0, ttls: 3 };
  const result = await run(
    asSecond(async (context) => {
      void holdsLease(40, 1000)(context);
      await sleep(600);
      while (
        !(await context.client
          .put(`${context.prefix}key`)
          .value('1')
          .exec()
          .then(
            () => true,
            () => false,
          ))
      )
        await sleep(1000);
    }),
    [fault],
  );
  expect(result.problems).toEqual([]);
  expect(faultOf(result).endedUs).toBeGreaterThan(120_000_000);
});

it('faults meet: one begins while another acts, or once it has ended, on its node', async () => {
  const cut: Fault = { kind: 'partition', node: 'n2', member: 'm1', atMs: 100, durationMs: 400 };
  const meets = (at: 'during' | 'after'): Fault => ({
    ...{ kind: 'node-pause', node: 'n1', atMs: 0, durationMs: 10 },
    aim: { at, fault: 'partition', afterMs: 5 },
  });
  const result = await run(
    asSecond(() => sleep(1000)),
    [cut, meets('during'), meets('after')],
  );
  const [first, during, after] = [0, 1, 2].map((index) => faultOf(result, index));
  expect(during?.text).toBe('n2 paused for 10 ms (during the partition)');
  expect((during?.startedUs ?? 0) - (first?.startedUs ?? 0)).toBe(5000);
  expect(after?.text).toBe('n2 paused for 10 ms (after the partition)');
  expect((after?.startedUs ?? 0) - (first?.endedUs ?? 0)).toBe(5000);
});

it('a fault of a member that meets one on the way to another node keeps its own member', () => {
  const slow: Fault = { kind: 'slow-member', member: 'm1', atMs: 0, durationMs: 1, byMs: 5 };
  const sight = { node: 'n1', member: 'n2', text: '' };
  expect(aimedAt(slow, sight, THREE)).toEqual(slow);
  const cut: Fault = { kind: 'partition', ...blind };
  expect(aimedAt(cut, sight, THREE)).toEqual({ ...cut, node: 'n1', member: 'n2' });
});

it('the same plan aims at the same, with the same trace', async () => {
  const faults: readonly Fault[] = [
    { ...blind, kind: 'connection-reset', aim: { at: 'write', afterMs: 0.3 } },
    { ...blind, kind: 'partition', ttls: 2, aim: { at: 'lease', afterMs: 0 } },
  ];
  const once = () => run(asSecond(holdsLease(2, 500)), faults);
  const [one, other] = [await once(), await once()];
  expect(one.trace).toEqual(other.trace);
  expect(one.faults).toEqual(other.faults);
});
