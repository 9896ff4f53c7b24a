import { expect, it } from 'vitest';
import { Barrier, DoubleBarrier, Session } from '../../../src/index.js';
import { describeWithGo } from './go-process.js';

describeWithGo('a barrier shared with Go', (world) => {
  const { go, name } = world;

  it('held in Go and waited for in Node: no process passes before Go releases it', async () => {
    const [barrier, other, key] = shared();
    await other.ask('hold', key);
    let passed = 0;
    const waiting = [barrier.wait(), barrier.wait()].map((wait) => wait.then(() => (passed += 1)));
    // A wait that does not block has passed by the time that a later call has been answered.
    await expect(barrier.hold()).rejects.toMatchObject({ definite: true });
    expect(passed).toBe(0);
    await other.ask('release', key);
    await Promise.all(waiting);
    await barrier.wait();
    await barrier.close();
  });

  it('held in Node and waited for in Go: no process passes before Node releases it', async () => {
    const [barrier, other, key] = shared();
    await barrier.hold();
    let passed = 0;
    const waiting = [other, go()].map((process) => process.ask('wait', key).then(() => (passed += 1)));
    await expect(go().ask('hold', key)).rejects.toThrow('key already exists');
    expect(passed).toBe(0);
    expect(await barrier.release()).toMatchObject({ released: true });
    await Promise.all(waiting);
    await other.ask('wait', key);
    await barrier.close();
  });

  it('what one holds the other may release', async () => {
    const [barrier, other, key] = shared();
    await barrier.hold();
    await other.ask('release', key);
    await barrier.wait();
    await other.ask('hold', key);
    expect(await barrier.release()).toMatchObject({ released: true });
    await other.ask('wait', key);
    expect(await barrier.release()).toMatchObject({ released: false });
    await barrier.close();
  });

  function shared() {
    const key = name();
    return [new Barrier(world.client, key), go(), key] as const;
  }
});

describeWithGo('a double barrier shared with Go', (world) => {
  const { go, name, keys } = world;

  it('lets a Go and a Node process enter and leave together, round after round', async () => {
    const key = name();
    const session = await Session.open(world.client);
    const barrier = new DoubleBarrier(session, key, 2);
    const other = go();
    for (let round = 0; round < 10; round++) {
      const inside: string[] = [];
      const first = round % 2 === 0 ? 'node' : 'go';
      const enter = {
        node: () => barrier.enter().then(() => inside.push('node')),
        go: () => other.ask('enter', key, '2').then(() => inside.push('go')),
      };
      const second = first === 'node' ? 'go' : 'node';
      const entering = enter[first]();
      // The first has put its key, and waits for the second.
      await keys(`${key}/waiters/`, 1);
      expect(inside).toEqual([]);
      await Promise.all([entering, enter[second]()]);
      expect(inside.sort()).toEqual(['go', 'node']);
      await Promise.all([barrier.leave(), other.ask('leave', key)]);
      expect(await keys(`${key}/waiters/`, 0)).toEqual([]);
    }
    await session.close();
  });

  it('refuses a process that comes when it is full', async () => {
    const key = name();
    const session = await Session.open(world.client);
    const barrier = new DoubleBarrier(session, key, 2);
    const [one, two] = [go(), go()];
    await Promise.all([one.ask('enter', key, '2'), two.ask('enter', key, '2')]);
    await expect(barrier.enter()).rejects.toMatchObject({ name: 'TooManyClientsError', definite: true });
    await Promise.all([one.ask('leave', key), two.ask('leave', key)]);
    await session.close();
  });
});
