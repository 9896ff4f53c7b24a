/** The observer's log ends with a marker that it puts, even if etcd is out of reach at first. */

import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Etcd3 } from 'etcd3';
import { LogCollector } from '../../sim/history/collect-log.js';

class FakeStream extends EventEmitter {
  write(): void {}
  end(): void {}
  cancel(): void {}
}

/** A client whose first puts fail and whose watch then receives the one that succeeded. */
function clientThatFails(failures: number) {
  const stream = new FakeStream();
  let revision = 1;
  const puts: string[] = [];
  const tell = (key: string) => {
    const kv = { key: Buffer.from(key), value: Buffer.from('v'), mod_revision: String(++revision) };
    stream.emit('data', { canceled: false, events: [{ type: 'Put', kv }] });
  };
  const client = {
    watchClient: { watch: () => Promise.resolve(stream) },
    put: (key: string) => ({
      value: () => {
        puts.push(key);
        if (puts.length <= failures)
          return Promise.reject(new Error('14 UNAVAILABLE: No connection established'));
        tell(key);
        return Promise.resolve();
      },
    }),
  };
  return { client: client as unknown as Etcd3, puts, tell };
}

test('a failed put of the marker is repeated, and the log is complete', async () => {
  const { client, puts, tell } = clientThatFails(3);
  const collector = new LogCollector({ client, prefix: 'bank/', fromRevision: 2, covers: 'the prefix' });
  collector.start();
  await Promise.resolve().then(() => undefined);
  tell('bank/a');

  const log = await collector.finish();

  expect(puts).toHaveLength(4);
  expect(log.map(({ revision, events }) => [revision, events.length])).toEqual([[2, 1]]);
});
