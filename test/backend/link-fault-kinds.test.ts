/** The effects of faults on a connection and its messages. */
import { Etcd3 } from 'etcd3';
import { expect, it } from 'vitest';
import type { Fault } from '../../sim/faults/index.js';
import { asFirst, outputOf, refusalOf, run, sleep } from './fault-runs.js';

const link = { node: 'n1', member: 'm1' } as const;

const putSome = async (client: Etcd3, key: string, bytes: number): Promise<number> => {
  const startedMs = performance.now();
  await client.put(key).value('x'.repeat(bytes));
  return performance.now() - startedMs;
};

it('bandwidth: a message takes as long as its bytes, and waits for the previous one', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    const one = await putSome(client, `${prefix}key`, 1000);
    const [first, second] = await Promise.all([
      putSome(client, `${prefix}a`, 1000),
      putSome(client, `${prefix}b`, 1000),
    ]);
    await sleep(5000);
    const after = await putSome(client, `${prefix}key`, 1000);
    return [one >= 100 && one < 200, Math.abs(first - second) >= 100, after < 20];
  });
  const fault: Fault = { kind: 'bandwidth', atMs: 10, durationMs: 3000, ...link, kilobytesPerSecond: 10 };
  const result = await run(body, [fault]);
  expect(outputOf(result, 'n1')).toEqual([true, true, true]);
  expect(result.faults[0]?.hits).toBe(6);
});

it('message-sliced: a message takes longer the longer it is, and its answer comes in parts', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(20);
    const short = await putSome(client, `${prefix}key`, 10);
    const long = await putSome(client, `${prefix}key`, 1000);
    return long - short >= 90;
  });
  const fault: Fault = {
    ...{ kind: 'message-sliced', atMs: 10, durationMs: 3000, ...link },
    ...{ sliceBytes: 100, gapUs: 10_000 },
  } as const;
  const result = await run(body, [fault]);
  expect(outputOf(result, 'n1')).toBe(true);
  // Of each call: the request and its end, the answer and its status.
  expect(result.faults[0]?.hits).toBe(8);
});

it.each([
  { direction: 'request', value: null },
  { direction: 'reply', value: 'x' },
] as const)(
  'message-truncated: a $direction is lost, and its connection with it',
  async ({ direction, value }) => {
    const body = asFirst(async ({ client, prefix }) => {
      await client.get(`${prefix}fresh`).string();
      await sleep(50);
      const options = { deadline: Date.now() + 1000 };
      const txn = client
        .if(`${prefix}fresh`, 'Create', '==', 0)
        .then(client.put(`${prefix}fresh`).value('x'))
        .options(options);
      // A transaction that writes is not retried automatically.
      const put = await refusalOf(txn.commit());
      await sleep(8000);
      return [put, await client.get(`${prefix}fresh`).string()];
    });
    const fault: Fault = {
      ...{ kind: 'message-truncated', atMs: 40, durationMs: 100, ...link },
      ...{ direction, afterBytes: 5 },
    } as const;
    const result = await run(body, [fault]);
    const [put, found] = outputOf(result, 'n1') as [string, string | null];
    expect(put).toMatch(/UNAVAILABLE: (Connection dropped|read ECONNRESET)|done/);
    // Either etcd3 has resent it after the connection broke, or the direction decides.
    expect(found).toBe(put === 'done' ? 'x' : value);
    expect(result.faults[0]?.hits).toBeGreaterThanOrEqual(1);
  },
);

it('half-open: running calls hear nothing until the end, and the member has forgotten its watches', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    const heard: string[] = [];
    const watcher = await client.watch().key(`${prefix}key`).create();
    watcher.on('put', ({ value }) => heard.push(value.toString()));
    await sleep(60);
    const startedMs = performance.now();
    const put = await refusalOf(client.put(`${prefix}key`).value('into nothing').exec());
    const brokeMs = performance.now() - startedMs;
    await sleep(8000);
    await client.put(`${prefix}key`).value('after');
    await sleep(1000);
    await watcher.cancel();
    return [put, brokeMs >= 400, heard.at(-1) ?? ''];
  });
  const result = await run(body, [{ kind: 'half-open', atMs: 50, durationMs: 500, ...link }]);
  const [, broke, last] = outputOf(result, 'n1') as [string, boolean, string];
  expect([broke, last]).toEqual([true, 'after']);
  // The watch at its beginning; the watch again and the put at its end.
  expect(result.faults[0]?.hits).toBeGreaterThanOrEqual(3);
});

it('slow-close: a node hears late that the connection is gone, others at once', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await client.get(`${prefix}key`).string();
    await sleep(60);
    const startedMs = performance.now();
    await refusalOf(
      client
        .put(`${prefix}key`)
        .value('x')
        .options({ deadline: Date.now() + 5000 })
        .exec(),
    );
    return performance.now() - startedMs >= 600;
  });
  const slow: Fault = { kind: 'slow-close', atMs: 10, durationMs: 500, ...link, byMs: 700 };
  const reset: Fault = { kind: 'connection-reset', atMs: 55, durationMs: 0, ...link };
  const late = await run(body, [slow, reset]);
  expect(outputOf(late, 'n1')).toBe(true);
  expect(late.faults.map(({ hits }) => hits)).toEqual([1, 1]);
  expect(outputOf(await run(body, [reset]), 'n1')).toBe(false);
  expect((await run(body, [slow])).faults[0]?.hits).toBe(0);
});

it('partition: a node that is cut off does not hear that its member has died', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    await sleep(60);
    const startedMs = performance.now();
    const options = { deadline: Date.now() + 5000 };
    await refusalOf(client.put(`${prefix}key`).value('x').options(options).exec());
    return performance.now() - startedMs >= 900;
  });
  const result = await run(body, [
    { kind: 'partition', atMs: 40, durationMs: 1000, ...link },
    { kind: 'member-restart', atMs: 50, durationMs: 100, member: 'm1' },
  ]);
  expect(outputOf(result, 'n1')).toBe(true);
});

it('slow-close: a call hears of it even if its client was closed in between', async () => {
  const body = asFirst(async ({ client, etcdOptions, prefix }) => {
    await client.get(`${prefix}key`).string();
    const other = new Etcd3(etcdOptions);
    await other.get(`${prefix}key`).string();
    await sleep(60);
    const put = refusalOf(
      other.if(`${prefix}fresh`, 'Create', '==', 0).then(other.put('x').value('x')).commit(),
    );
    await sleep(1);
    other.close();
    client.close();
    return put;
  });
  const result = await run(body, [
    { kind: 'slow-close', atMs: 10, durationMs: 500, ...link, byMs: 300 },
    { kind: 'connection-reset', atMs: 55, durationMs: 0, ...link },
  ]);
  expect(outputOf(result, 'n1')).toMatch(/UNAVAILABLE|closed|done/);
});

it('message-sliced, message-truncated: nothing arrives of an answer whose beginning was lost', async () => {
  const outcomes = new Set<string>();
  for (let reads = 0; reads < 20; reads++) {
    const body = asFirst(async ({ client, prefix }) => {
      // This many draws of the link's delays come before.
      for (let read = 0; read < reads; read++) await client.get(`${prefix}key`).string();
      await sleep(200);
      const txn = client.if(`${prefix}fresh`, 'Create', '==', 0).then(client.put(`${prefix}x`).value('x'));
      return refusalOf(txn.options({ deadline: Date.now() + 500 }).commit());
    });
    const faults: Fault[] = [
      { kind: 'message-sliced', atMs: 150, durationMs: 1000, ...link, sliceBytes: 8, gapUs: 100 },
      { kind: 'message-truncated', atMs: 140, durationMs: 1000, ...link, direction: 'reply', afterBytes: 5 },
    ];
    // The first rule with another verdict than pass decides, and slices delay everything.
    outcomes.add(outputOf(await run(body, faults), 'n1') as string);
  }
  expect([...outcomes]).toEqual(['14 UNAVAILABLE: Connection dropped']);
});
