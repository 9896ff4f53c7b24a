/** The Lock service of `sim serve`, for clients whose library takes etcd's locks over the wire. */
import { expect, it } from 'vitest';
import { LOCK_REQUEST, LOCK_RESPONSE, UNLOCK_REQUEST } from '../../sim/etcd/wire/lock.js';
import { WATCH_REQUEST, WATCH_RESPONSE } from '../../sim/etcd/wire/watch.js';
import { RawClient } from './support/raw-client.js';
import { startSimServe } from './support/sim-process.js';

it('gives a lock to the next client when the first releases it, and skips one that has left', async () => {
  const sim = startSimServe('--listen', '127.0.0.1:0');
  const client = new RawClient((await sim.endpoint) ?? '');
  const changes = client.open('/etcdserverpb.Watch/Watch');
  const told: string[] = [];
  let look = (): void => undefined;
  changes.on('data', (bytes: Buffer) => {
    const { created, events } = WATCH_RESPONSE.decode(bytes);
    told.push(...(created ? ['watching'] : events.map(({ type }) => ['put', 'delete'][type] ?? '')));
    look();
  });
  const until = async (count: number): Promise<void> => {
    while (told.length < count) await new Promise<void>((resolve) => (look = resolve));
  };
  changes.write(WATCH_REQUEST.encode({ createRequest: { key: 'lock/', rangeEnd: 'lock0' } }));
  await until(1);

  const request = LOCK_REQUEST.encode({ name: 'lock' });
  const first = await client.call('/v3lockpb.Lock/Lock', request);
  await until(2);
  const gone = client.open('/v3lockpb.Lock/Lock');
  gone.write(request);
  await until(3);
  const next = client.call('/v3lockpb.Lock/Lock', request);
  await until(4);
  gone.cancel();
  await until(5);

  const { key } = LOCK_RESPONSE.decode(first.message ?? new Uint8Array());
  await client.call('/v3lockpb.Lock/Unlock', UNLOCK_REQUEST.encode({ key }));
  const taken = LOCK_RESPONSE.decode((await next).message ?? new Uint8Array());
  expect(taken.key).not.toBe(key);
  await until(6);
  expect(told).toEqual(['watching', 'put', 'put', 'put', 'delete', 'delete']);
  client.close();
  await sim.interrupt();
});
