import { expect, it } from 'vitest';
import { Mutex, RWMutex, Session } from '../../../src/index.js';
import { describeWithGo } from './go-process.js';

const ROUNDS = 20;

describeWithGo('a mutex shared with Go', (world) => {
  const { go, name, keys } = world;

  it('held in Go is locked in Node once Go unlocks it', async () => {
    const { mutex, other, key, close } = await shared();
    await other.ask('lock', key);
    expect(await mutex.tryLock()).toBeUndefined();
    let locked = false;
    const locking = mutex.lock().then((lock) => ((locked = true), lock));
    await keys(`${key}/`, 2);
    expect(locked).toBe(false);
    await other.ask('unlock', key);
    await (await locking).unlock();
    await close();
  });

  it('held in Node is locked in Go once Node unlocks it', async () => {
    const { mutex, other, key, close } = await shared();
    const lock = await mutex.lock();
    await expect(other.ask('try-lock', key)).rejects.toThrow('Locked by another session');
    let locked = false;
    const locking = other.ask('lock', key).then(() => (locked = true));
    await keys(`${key}/`, 2);
    expect(locked).toBe(false);
    await lock.unlock();
    await locking;
    expect(await mutex.tryLock()).toBeUndefined();
    await other.ask('unlock', key);
    await close();
  });

  it('is locked in the order in which they came, by both in turns', async () => {
    const { mutex, key, close } = await shared();
    const [one, two] = [go(), go()];
    const held: string[] = [];
    let inside = 0;
    const critical = async (who: string, work: () => Promise<unknown>) => {
      inside += 1;
      expect(inside).toBe(1);
      held.push(who);
      await work();
      inside -= 1;
    };
    const inGo = async (process: typeof one) => {
      for (let round = 0; round < ROUNDS; round++) {
        await process.ask('lock', key);
        // The answer to `lock` may come after the one to `unlock` was asked for, never the other way round.
        await critical('go', () => world.client.get(key).exec());
        await process.ask('unlock', key);
      }
    };
    const inNode = async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const lock = await mutex.lock();
        await critical('node', () => world.client.get(key).exec());
        await lock.unlock();
      }
    };
    await Promise.all([inGo(one), inGo(two), inNode()]);
    expect(held.filter((who) => who === 'node')).toHaveLength(ROUNDS);
    expect(held.filter((who) => who === 'go')).toHaveLength(2 * ROUNDS);
    await close();
  });

  async function shared() {
    const key = name();
    const session = await Session.open(world.client);
    return { key, other: go(), mutex: new Mutex(session, key), close: () => session.close() };
  }
});

describeWithGo('a read-write mutex shared with Go', (world) => {
  const { go, name, keys } = world;

  it('a writer in Go keeps readers and writers in Node out', async () => {
    const { mutex, other, key, close } = await shared();
    await other.ask('write-lock', key);
    let inside = 0;
    const reading = mutex.readLock().then((lock) => ((inside += 1), lock));
    await keys(`${key}/`, 2);
    const writing = mutex.lock().then((lock) => ((inside += 1), lock));
    await keys(`${key}/`, 3);
    expect(inside).toBe(0);
    await other.ask('write-unlock', key);
    await (await reading).unlock();
    await (await writing).unlock();
    await close();
  });

  it('a writer in Node keeps readers and writers in Go out', async () => {
    const { mutex, key, close } = await shared();
    const [reader, writer] = [go(), go()];
    const lock = await mutex.lock();
    let inside = 0;
    const reading = reader.ask('read-lock', key).then(() => (inside += 1));
    await keys(`${key}/`, 2);
    const writing = writer.ask('write-lock', key).then(() => (inside += 1));
    await keys(`${key}/`, 3);
    expect(inside).toBe(0);
    await lock.unlock();
    await reading;
    await reader.ask('read-unlock', key);
    await writing;
    await writer.ask('write-unlock', key);
    await close();
  });

  it('readers of both kinds read at the same time, and a writer waits for both', async () => {
    const { mutex, other, key, close } = await shared();
    await other.ask('read-lock', key);
    const reading = await mutex.readLock();
    const writer = go();
    let written = false;
    const writing = writer.ask('write-lock', key).then(() => (written = true));
    await keys(`${key}/`, 3);
    await other.ask('read-unlock', key);
    expect(written).toBe(false);
    await reading.unlock();
    await writing;
    await writer.ask('write-unlock', key);
    await close();
  });

  async function shared() {
    const key = name();
    const session = await Session.open(world.client);
    return { key, other: go(), mutex: new RWMutex(session, key), close: () => session.close() };
  }
});
