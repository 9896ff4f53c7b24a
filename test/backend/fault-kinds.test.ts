/** The effect of each fault on the clients of the in-memory etcd. */
import { noop } from 'cockatiel';
import { Etcd3 } from 'etcd3';
import { expect, it } from 'vitest';
import type { PlannedOperation } from '../../sim/plan/plan.js';
import type { Fault } from '../../sim/faults/index.js';
import type { NodeContext } from '../../sim/scenario/scenario.js';
import { asFirst, outputOf, refusalOf, run, sleep, THREE } from './fault-runs.js';

it('member-pause: requests sent during the pause are answered when the member resumes', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    const startedMs = performance.now();
    await client.put(`${prefix}key`).value('late');
    return startedMs < 100 && performance.now() > 510;
  });
  const result = await run(body, [{ kind: 'member-pause', atMs: 10, durationMs: 500, member: 'm1' }]);
  expect(outputOf(result, 'n1')).toBe(true);
});

it('member-pause: a member is paused until the last of two pauses ends', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    await client.put(`${prefix}key`).value('late');
    return performance.now() > 700;
  });
  const result = await run(body, [
    { kind: 'member-pause', atMs: 10, durationMs: 690, member: 'm1' },
    { kind: 'member-pause', atMs: 15, durationMs: 100, member: 'm1' },
  ]);
  expect(outputOf(result, 'n1')).toBe(true);
});

it('member-partition: a member that is cut off serves old data, and catches up afterwards', async () => {
  const body = asFirst(async ({ etcdOptions, prefix }) => {
    const [first, second] = (etcdOptions.hosts as readonly string[]).map(
      (hosts) => new Etcd3({ ...etcdOptions, hosts }),
    ) as [Etcd3, Etcd3];
    await first.put(`${prefix}key`).value('old');
    await second.get(`${prefix}key`).string();
    await sleep(100);
    while ((await refusalOf(second.put(`${prefix}key`).value('new').exec())) !== 'done') await sleep(10);
    const during = await first.get(`${prefix}key`).serializable(true).string();
    await sleep(6000);
    const after = await first.get(`${prefix}key`).string();
    first.close();
    second.close();
    return [during, after];
  });
  const fault = { kind: 'member-partition', atMs: 50, durationMs: 5000, member: 'm1' } as const;
  expect(outputOf(await run(body, [fault], THREE), 'n1')).toEqual(['old', 'new']);
});

it('leader-change: another member leads in a new term', async () => {
  const body = asFirst(async ({ client }) => {
    const before = await client.maintenance.status();
    await sleep(100);
    const after = await client.maintenance.status();
    return [after.leader !== before.leader, Number(after.raftTerm) - Number(before.raftTerm)];
  });
  for (const member of THREE) {
    const result = await run(body, [{ kind: 'leader-change', atMs: 50, durationMs: 0, member }], THREE);
    expect(outputOf(result, 'n1')).toEqual([true, 1]);
    expect(result.faults[0]?.hits).toBe(1);
  }
});

it('slow-member: its answer to a write comes late', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    const startedMs = performance.now();
    await client.put(`${prefix}key`).value('x');
    return performance.now() - startedMs >= 250;
  });
  const fault = { kind: 'slow-member', atMs: 10, durationMs: 900, member: 'm1', byMs: 250 } as const;
  expect(outputOf(await run(body, [fault]), 'n1')).toBe(true);
});

it('no-space: puts are refused and deletions are not, until the alarm is disarmed', async () => {
  const body = asFirst(async ({ etcdOptions, prefix }) => {
    // etcd3's circuit breaker would refuse the requests after a refusal.
    const client = new Etcd3({ ...etcdOptions, faultHandling: { host: () => noop, global: noop } });
    await client.put(`${prefix}key`).value('before');
    await sleep(100);
    const put = await refusalOf(client.put(`${prefix}other`).value('x').exec());
    const { deleted } = await client.delete().key(`${prefix}key`);
    await sleep(1000);
    await client.put(`${prefix}other`).value('after');
    return [put, deleted, await client.get(`${prefix}other`).string()];
  });
  const result = await run(body, [
    { kind: 'no-space', atMs: 50, durationMs: 500, member: 'm1' },
    { kind: 'no-space', atMs: 60, durationMs: 100, member: 'm1' },
  ]);
  const [put, ...rest] = outputOf(result, 'n1') as string[];
  expect(put).toContain('database space exceeded');
  expect(rest).toEqual(['1', 'after']);
});

it('no-space: a put that was accepted before the database was full is done, and refused', async () => {
  const body = asFirst(async ({ etcdOptions, prefix }) => {
    const client = new Etcd3({ ...etcdOptions, faultHandling: { host: () => noop, global: noop } });
    await sleep(60);
    const put = await refusalOf(client.put(`${prefix}key`).value('done').exec());
    return [put, await client.get(`${prefix}key`).string()];
  });
  const fault = { kind: 'no-space', atMs: 50, durationMs: 500, member: 'm1', letInMs: 40 } as const;
  const [put, value] = outputOf(await run(body, [fault]), 'n1') as string[];
  expect(put).toContain('database space exceeded');
  expect(value).toBe('done');
});

it('no-space: a run that ends during it ends without the alarm, its log complete', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await client.put(`${prefix}key`).value('before');
    await sleep(100);
    return null;
  });
  for (const members of [['m1'], THREE]) {
    const faults: Fault[] = [
      { kind: 'no-space', atMs: 50, durationMs: 60_000, member: 'm1' },
      { kind: 'member-restart', atMs: 70, durationMs: 60_000, member: 'm1' },
    ];
    const result = await run(body, faults, members);
    expect(result.problems).toEqual([]);
    expect(result.faults.map(({ hits, endedUs }) => [hits, endedUs !== undefined])).toEqual([
      [1, true],
      [1, true],
    ]);
    expect(result.log).toHaveLength(2);
  }
});

it.each([
  { how: 'clean', told: 'end' },
  { how: 'no-leader', told: '14 UNAVAILABLE: etcdserver: no leader' },
] as const)('watch-cancelled: a stream ends, $how', async ({ how, told }) => {
  const body = async (context: NodeContext, operation: PlannedOperation) => {
    await context.perform(operation, async () => {
      const stream = await context.client.watchClient.watch();
      const end = new Promise<string>((resolve) => {
        stream.on('end', () => resolve('end'));
        stream.on('error', (error) => resolve(error.message));
        setTimeout(() => resolve('still there'), 200);
      });
      stream.on('data', () => undefined);
      stream.write({ create_request: { key: Buffer.from('key') } });
      const output = await end;
      stream.end();
      stream.cancel();
      return { output };
    });
  };
  const result = await run(body, [{ kind: 'watch-cancelled', atMs: 50, durationMs: 0, node: 'n1', how }]);
  expect(outputOf(result, 'n1')).toBe(told);
  expect(outputOf(result, 'n2')).toBe('still there');
  expect(result.faults[0]?.hits).toBe(1);
});

it('watch-cancelled: etcd3’s watcher continues at the same place', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    const heard: string[] = [];
    const watcher = await client.watch().prefix(prefix).create();
    watcher.on('put', ({ value }) => heard.push(value.toString()));
    for (const value of ['1', '2', '3']) {
      await client.put(`${prefix}key`).value(value);
      await sleep(100);
    }
    await sleep(3000);
    await watcher.cancel();
    return heard;
  });
  const fault = { kind: 'watch-cancelled', atMs: 50, durationMs: 0, node: 'n1', how: 'no-leader' } as const;
  expect(outputOf(await run(body, [fault]), 'n1')).toEqual(['1', '2', '3']);
});

it('node-pause: due events happen in order when the node resumes, and others do not wait', async () => {
  const result = await run(
    async ({ node, perform }, operation) => {
      await perform(operation, async () => {
        const seen: [string, number][] = [];
        const mark = (name: string) => seen.push([name, Math.round(performance.now())]);
        setTimeout(() => mark('second'), 40);
        setTimeout(() => mark('first'), 30);
        const every = setInterval(() => mark(`every of ${node}`), 300);
        await sleep(1000);
        clearInterval(every);
        return { output: seen };
      });
    },
    [{ kind: 'node-pause', atMs: 20, durationMs: 480, node: 'n1' }],
  );
  const [pausedMs = 0] = result.faults.map(({ startedUs = 0 }) => startedUs / 1000 + 480);
  const seen = outputOf(result, 'n1') as [string, number][];
  expect(seen.map(([name]) => name).slice(0, 3)).toEqual(['first', 'second', 'every of n1']);
  expect(new Set(seen.slice(0, 3).map(([, atMs]) => atMs))).toEqual(new Set([Math.round(pausedMs)]));
  const others = outputOf(result, 'n2') as [string, number][];
  expect(others.map(([name]) => name)).toEqual(['first', 'second', ...Array<string>(3).fill('every of n2')]);
  expect(others[0]?.[1]).toBeLessThan(100);
  expect(result.faults[0]?.hits).toBeGreaterThanOrEqual(3);
});

it('node-pause: events that wait through two overlapping pauses happen in order', async () => {
  const body = asFirst(async () => {
    const seen: string[] = [];
    setTimeout(() => seen.push('first'), 40);
    // Due while both act, and moved to the end of the longer one at once.
    setTimeout(() => seen.push('second'), 150);
    await sleep(2000);
    return seen;
  });
  const result = await run(body, [
    { kind: 'node-pause', atMs: 20, durationMs: 200, node: 'n1' },
    { kind: 'node-pause', atMs: 100, durationMs: 900, node: 'n1' },
  ]);
  expect(outputOf(result, 'n1')).toEqual(['first', 'second']);
});

it('node-pause: a lease expires if its owner is paused longer than the TTL', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    const lease = client.lease(2);
    await lease.put(`${prefix}held`).value('x');
    const lost = new Promise<string>((resolve) => lease.on('lost', () => resolve('lost')));
    const outcome = await lost;
    return [outcome, await client.get(`${prefix}held`).string()];
  });
  const result = await run(body, [{ kind: 'node-pause', atMs: 100, durationMs: 9000, node: 'n1' }]);
  expect(outputOf(result, 'n1')).toEqual(['lost', null]);
});

it('clock-jump: the wall clock jumps and is corrected, the monotonic clock and timers run on', async () => {
  const body = asFirst(async () => {
    const startedMs = Date.now() - performance.now();
    const ahead: number[] = [];
    for (let round = 0; round < 3; round++) {
      ahead.push(Math.round((Date.now() - performance.now() - startedMs) / 100) / 10);
      await sleep(100);
    }
    return ahead.map(String);
  });
  const result = await run(body, [
    { kind: 'clock-jump', atMs: 50, durationMs: 100, node: 'n1', byMs: -20_000 },
  ]);
  expect(outputOf(result, 'n1')).toEqual(['0', '-20', '0']);
  expect(result.faults[0]?.hits).toBe(1);
});

it('reply-delayed: a caller that has given up hears nothing, but the write has happened', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    const options = { deadline: Date.now() + 1000 };
    const put = await refusalOf(client.put(`${prefix}key`).value('applied').options(options).exec());
    // After this many failures etcd3's circuit breaker stays open for a while.
    await sleep(10_000);
    return [put, await client.get(`${prefix}key`).string()];
  });
  const result = await run(body, [
    { kind: 'reply-delayed', atMs: 10, durationMs: 100, node: 'n1', member: 'm1', byMs: 5000 },
  ]);
  const [put, value] = outputOf(result, 'n1') as string[];
  expect(put).toContain('DEADLINE_EXCEEDED');
  expect(value).toBe('applied');
});

it('request-delayed: a late copy applies after its replacement', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    const put = await refusalOf(client.put(`${prefix}key`).value('first').exec());
    await client.put(`${prefix}key`).value('second');
    await sleep(5000);
    return [put, await client.get(`${prefix}key`).string()];
  });
  const result = await run(body, [
    { kind: 'request-delayed', atMs: 10, durationMs: 100, node: 'n1', member: 'm1', byMs: 3000 },
  ]);
  // The client has resent it by itself, so that it hears of a success.
  expect(outputOf(result, 'n1')).toEqual(['done', 'first']);
  expect(result.log.flatMap(({ events }) => events.map(({ value }) => value))).toEqual([
    '0',
    'first',
    'second',
    'first',
  ]);
});
