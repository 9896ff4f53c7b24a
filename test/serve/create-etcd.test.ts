/** An etcd for unit tests: in this process, in real time, without a port. */
import { Etcd3, EtcdLockFailedError, EtcdUserNotFoundError } from 'etcd3';
import { afterEach, describe, expect, it } from 'vitest';
import { createEtcd, type InProcessEtcd } from '../../sim/serve/in-process/create-etcd.js';

let etcd: InProcessEtcd | undefined;
afterEach(() => etcd?.close());

describe('createEtcd', () => {
  it.each([
    [{ verson: '3.5' }, 'unknown option "verson"; did you mean version?'],
    [{ version: '2.3' }, 'version: expected 3.4, 3.5, 3.6 or 3.7, got "2.3"'],
    [null, 'options: expected an object, got null'],
  ])('refuses the options %j', (options, message) => {
    expect(() => createEtcd(options as object)).toThrow(message);
  });

  it('is an etcd for etcd3: puts, reads, transactions', async () => {
    etcd = createEtcd();
    const client = etcd.client();
    await client.put('a').value('1');
    expect(await client.getAll().strings()).toEqual({ a: '1' });
    const done = await client.if('a', 'Value', '==', '1').then(client.put('b').value('2')).commit();
    expect(done.succeeded).toBe(true);
    expect(await client.get('b').number()).toBe(2);
  });

  it('is one etcd for all of its clients, and separate from others', async () => {
    etcd = createEtcd();
    const other = createEtcd();
    await etcd.client().put('k').value('v');
    expect(await etcd.client().get('k').string()).toBe('v');
    expect(await other.client().get('k').string()).toBeNull();
    other.close();
  });

  it('notifies watchers, and ends leases', async () => {
    etcd = createEtcd();
    const client = etcd.client();
    const watcher = await client.watch().key('k').create();
    const told = new Promise<string>((resolve) => {
      watcher.on('put', ({ value }) => resolve(value.toString()));
    });
    await client.put('k').value('news');
    expect(await told).toBe('news');
    const gone = new Promise<void>((resolve) => {
      watcher.on('delete', () => resolve());
    });
    const lease = client.lease(60);
    await lease.put('k').value('leased');
    await lease.revoke();
    await gone;
  });

  it('fails as etcd does: errors of etcd3 that are instances of its classes', async () => {
    etcd = createEtcd();
    const client = etcd.client();
    await expect(client.user('nobody').delete()).rejects.toBeInstanceOf(EtcdUserNotFoundError);
    const held = client.lock('l').acquire();
    await held;
    await expect(client.lock('l').acquire()).rejects.toBeInstanceOf(EtcdLockFailedError);
  });

  it('serves code that makes its own client, in the requested version', async () => {
    etcd = createEtcd({ version: '3.4' });
    const client = new Etcd3(etcd.options);
    expect((await client.maintenance.status()).version).toMatch(/^3\.4\./);
    client.close();
  });

  it('ends everything under way when it is closed', async () => {
    const closing = createEtcd();
    const client = closing.client();
    const waiting = client.watch().key('k').create();
    await waiting;
    const late = client.get('k').exec();
    closing.close();
    await Promise.allSettled([late]);
    await expect(client.get('k').exec()).rejects.toThrow();
  });
});
