import { expect, it } from 'vitest';
import { Election, Session } from '../../../src/index.js';
import { describeWithGo } from './go-process.js';

describeWithGo('an election shared with Go', (world) => {
  const { go, name, keys } = world;

  it('Node sees who leads in Go, and leads when Go resigns', async () => {
    const { election, other, key, close } = await shared();
    await other.ask('campaign', key, 'go');
    expect(await election.leader()).toMatchObject({ value: 'go' });
    let elected = false;
    const campaigning = election.campaign('node').then((won) => ((elected = true), won));
    await keys(`${key}/`, 2);
    expect(elected).toBe(false);
    await other.ask('proclaim', key, 'go again');
    expect(await election.leader()).toMatchObject({ value: 'go again' });
    await other.ask('resign', key);
    const leadership = await campaigning;
    expect(await other.ask('leader', key)).toBe('node');
    await leadership.resign();
    await close();
  });

  it('Go sees who leads in Node, and leads when Node resigns', async () => {
    const { election, other, key, close } = await shared();
    const leadership = await election.campaign('node');
    const observer = go();
    expect(await observer.ask('leader', key)).toBe('node');
    let elected = false;
    const campaigning = other.ask('campaign', key, 'go').then(() => (elected = true));
    await keys(`${key}/`, 2);
    expect(elected).toBe(false);
    await leadership.proclaim('node again');
    expect(await observer.ask('observe', key)).toBe('node again');
    await leadership.resign();
    await campaigning;
    expect(await election.leader()).toMatchObject({ value: 'go' });
    await other.ask('resign', key);
    expect(await election.leader()).toBeUndefined();
    await close();
  });

  it('Node observes the leaders that Go elects, each in its turn', async () => {
    const { election, other, key, close } = await shared();
    await other.ask('campaign', key, 'one');
    const seen: string[] = [];
    for await (const { value } of election.observe()) {
      seen.push(value);
      if (value === 'one') await other.ask('proclaim', key, 'two');
      else if (value === 'two') {
        await other.ask('resign', key);
        await other.ask('campaign', key, 'three');
      } else break;
    }
    expect(seen).toEqual(['one', 'two', 'three']);
    await close();
  });

  it('Node leads when the Go process that led has ended', async () => {
    const { election, other, key, close } = await shared();
    await other.ask('campaign', key, 'go');
    const campaigning = election.campaign('node');
    await keys(`${key}/`, 2);
    await other.end();
    expect(await election.leader()).toMatchObject({ value: 'node' });
    await (await campaigning).resign();
    await close();
  });

  async function shared() {
    const key = name();
    const session = await Session.open(world.client);
    return { key, other: go(), election: new Election(session, key), close: () => session.close() };
  }
});
