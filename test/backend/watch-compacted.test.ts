/** History that is compacted while a watch that needs it is on its way, in the in-memory etcd. */
import type { IWatchResponse } from 'etcd3';
import { expect, it } from 'vitest';
import type { Fault } from '../../sim/faults/index.js';
import { asFirst, outputOf, run, sleep, THREE } from './fault-runs.js';

type Client = Parameters<Parameters<typeof asFirst>[0]>[0]['client'];

const fault: Fault = {
  kind: 'watch-compacted',
  atMs: 50,
  durationMs: 500,
  node: 'n1',
  heldMs: 60,
  breaks: false,
};

/** Opens a watch after the revision, and resolves to the first answer that shows the outcome. */
async function watchFrom(client: Client, key: string, revision: number): Promise<IWatchResponse> {
  const stream = await client.watchClient.watch();
  try {
    return await new Promise((resolve, reject) => {
      stream.on('data', (response: IWatchResponse) => {
        if (response.canceled || response.events.length > 0) resolve(response);
      });
      stream.on('error', reject);
      stream.write({ create_request: { key: Buffer.from(key), start_revision: revision } });
    });
  } finally {
    stream.on('error', () => undefined);
    stream.end();
    stream.cancel();
  }
}

it.each([[['m1']], [THREE]])(
  'a watch that begins after a read hears that its revision is compacted: %s',
  async (members) => {
    const body = asFirst(async ({ client, prefix }) => {
      await sleep(100);
      const { header } = await client.put(`${prefix}read`).value('1');
      const watched = watchFrom(client, `${prefix}read`, Number(header.revision) + 1);
      await client.put(`${prefix}read`).value('2');
      await client.put(`${prefix}read`).value('3');
      const { canceled, compact_revision: compacted } = await watched;
      return [canceled, Number(compacted) - Number(header.revision)];
    });
    const result = await run(body, [fault], members);
    expect(outputOf(result, 'n1')).toEqual([true, 2]);
    expect(result.faults.map(({ hits }) => hits)).toEqual([1]);
  },
);

it('an open watch whose connection breaks is resumed too late', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    const watcher = await client.watch().key(`${prefix}key`).create();
    const end = new Promise<string>((resolve) => {
      watcher.on('error', (error) => resolve(error.message));
      watcher.on('put', ({ value }) => resolve(value.toString()));
    });
    await sleep(80);
    for (const value of ['1', '2', '3']) await client.put(`${prefix}key`).value(value);
    return end;
  });
  const result = await run(body, [{ ...fault, breaks: true }]);
  expect(outputOf(result, 'n1')).toContain('Watcher canceled');
});

it('other nodes, and later watches, are not delayed', async () => {
  const body = asFirst(async ({ client, prefix }) => {
    const openedMs = [];
    for (const beforeMs of [100, 500]) {
      await sleep(beforeMs);
      const startedMs = performance.now();
      const watcher = await client.watch().key(`${prefix}key`).create();
      openedMs.push(performance.now() - startedMs);
      await watcher.cancel();
    }
    return openedMs.map((ms) => ms < 30);
  });
  expect(outputOf(await run(body, [fault]), 'n1')).toEqual([false, true]);
  expect(outputOf(await run(body, [{ ...fault, node: 'n2' }]), 'n1')).toEqual([true, true]);
});
