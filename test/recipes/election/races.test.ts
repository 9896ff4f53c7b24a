/** Elections whose watches break, whose revisions are compacted and whose requests come late. */
import { describe, expect, it } from 'vitest';
import { Election, ElectionObserver, Session, SessionLostError, type Leader } from '../../../src/index.js';
import { delayRequest } from '../delays.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

/** A candidate of node n2 under a session of its own. */
async function candidate(etcd: SimulatedEtcd): Promise<Election> {
  return new Election(await Session.open(etcd.client('n2'), { ttlSeconds: 600 }), 'e');
}

/** An observer of node n1: returns the next leader that it reports. */
function observe(etcd: SimulatedEtcd): () => Promise<Leader> {
  const leaders = new ElectionObserver(etcd.client('n1'), 'e').observe();
  return async () => {
    const next = await etcd.as('n1', () => leaders.next());
    if (next.done === true) throw new Error('an observation ends only by rejecting');
    return next.value;
  };
}

async function compactAll(etcd: SimulatedEtcd): Promise<void> {
  const { header } = await etcd.client().put('other').value('').exec();
  await etcd.client().kv.compact({ revision: header.revision, physical: true });
}

/** Nothing reaches node n1, and its watches break, until the returned function is called. */
function cutOff(etcd: SimulatedEtcd): () => void {
  const link = etcd.network.link('n1', 'm1');
  const restore = link.addRule(() => ({ kind: 'drop' }));
  link.connection.reset('closed');
  return restore;
}

describe('an observer', () => {
  it('continues after its watch broke, and reports nothing twice', async () => {
    await inSimulation(async (etcd) => {
      const next = observe(etcd);
      const leadership = await (await candidate(etcd)).campaign('a');
      expect((await next()).value).toBe('a');
      const told = next();
      for (let times = 0; times < 3; times++) {
        await etcd.passes(1000);
        etcd.network.link('n1', 'm1').connection.reset('closed');
      }
      await etcd.passes(1000);
      await leadership.proclaim('b');
      expect((await told).value).toBe('b');
    });
  });

  it('that was cut off reports every value once it is back', async () => {
    await inSimulation(async (etcd) => {
      const next = observe(etcd);
      const leadership = await (await candidate(etcd)).campaign('a');
      await next();
      const told = next();
      await etcd.passes(100);
      const restore = cutOff(etcd);
      for (const value of ['b', 'c']) await leadership.proclaim(value);
      await leadership.resign();
      await (await candidate(etcd)).campaign('d');
      restore();
      expect([await told, await next(), await next()].map(({ value }) => value)).toEqual(['b', 'c', 'd']);
    });
  });

  it('that was cut off continues with the present leader if the rest was compacted', async () => {
    await inSimulation(async (etcd) => {
      const next = observe(etcd);
      const leadership = await (await candidate(etcd)).campaign('a');
      await next();
      const told = next();
      await etcd.passes(100);
      const restore = cutOff(etcd);
      for (const value of ['b', 'c']) await leadership.proclaim(value);
      await compactAll(etcd);
      restore();
      expect((await told).value).toBe('c');
      await leadership.proclaim('d');
      expect((await next()).value).toBe('d');
    });
  });

  it('reports the present leader if the end of the one before is compacted while it reads', async () => {
    await inSimulation(async (etcd) => {
      const next = observe(etcd);
      const leadership = await (await candidate(etcd)).campaign('a');
      await next();
      const told = next();
      await etcd.passes(100);
      delayRequest(etcd, { node: 'n1', method: '/Range', nth: 1 });
      await leadership.resign();
      await etcd.passes(100);
      await (await candidate(etcd)).campaign('b');
      await compactAll(etcd);
      expect((await told).value).toBe('b');
    });
  });

  it('reports the first leader after keys of strangers', async () => {
    await inSimulation(async (etcd) => {
      const told = observe(etcd)();
      await etcd.passes(100);
      for (const key of ['e/x', 'e/', 'e/1/2']) await etcd.client().put(key).value('stranger');
      await etcd.passes(100);
      const beganMs = performance.now();
      const leadership = await (await candidate(etcd)).campaign('a');
      expect(await told).toMatchObject({ value: 'a', key: leadership.key, revision: leadership.revision });
      expect(performance.now() - beganMs).toBeLessThan(1000);
    });
  });

  it('asks nothing more of etcd for what strangers put', async () => {
    await inSimulation(async (etcd) => {
      void observe(etcd)().catch(() => undefined);
      await etcd.passes(100);
      let reads = 0;
      etcd.network.link('n1', 'm1').addRule(({ direction, method, bytes }) => {
        if (direction === 'request' && bytes > 0 && method.endsWith('/Range')) reads += 1;
        return { kind: 'pass' };
      });
      for (let index = 0; index < 5; index++) await etcd.client().put(`e/x${index}`).value('stranger');
      await etcd.passes(1000);
      expect(reads).toBe(0);
    });
  });

  it('finds the leader behind keys of strangers that one transaction put', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const strangers = Array.from({ length: 100 }, (_, index) => client.put(`e/x${index}`).value(''));
      await client
        .if('e', 'Version', '==', 0)
        .then(...strangers)
        .commit();
      await (await candidate(etcd)).campaign('a');
      expect((await observe(etcd)()).value).toBe('a');
    });
  });
});

it('an election tells its leaders as an observer does', async () => {
  await inSimulation(async (etcd) => {
    const election = await candidate(etcd);
    const leadership = await election.campaign('a');
    const leaders = election.observe();
    expect(await leaders.next()).toMatchObject({
      value: { value: 'a', key: leadership.key, revision: leadership.revision },
    });
  });
});

describe('a campaign', () => {
  it('writes its value once', async () => {
    await inSimulation(async (etcd) => {
      const election = await candidate(etcd);
      const { revision } = await election.campaign('a');
      expect(await election.leader()).toMatchObject({ revision, proclaimedRevision: revision });
    });
  });

  it('gives its value to a candidacy that the session has already', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client();
      const session = await Session.open(client);
      const key = `e/${BigInt(session.leaseId).toString(16)}`;
      const put = await client.put(key).value('old').lease(session.leaseId).exec();
      const election = new Election(session, 'e');
      const { revision } = await election.campaign('new');
      expect(revision).toBe(Number(put.header.revision));
      expect(await election.leader()).toMatchObject({ value: 'new', revision });
      await session.close();
      expect(await client.getAll().prefix('e/').keys()).toEqual([]);
    });
  });
});

describe('a leader whose key another client deleted', () => {
  it('proclaims nothing, though it has not heard of it', async () => {
    await inSimulation(async (etcd) => {
      const session = await etcd.as('n1', () => Session.open(etcd.client('n1')));
      const leadership = await etcd.as('n1', () => new Election(session, 'e').campaign('a'));
      await etcd.passes(100);
      etcd.network.link('n1', 'm1').addRule(({ direction, method }) => ({
        kind: direction === 'reply' && method.endsWith('/Watch') ? 'drop' : 'pass',
      }));
      await etcd.client().delete().key(leadership.key);
      expect(leadership.signal.aborted).toBe(false);
      await expect(etcd.as('n1', () => leadership.proclaim('b'))).rejects.toBeInstanceOf(SessionLostError);
      expect(leadership.signal.reason).toBeInstanceOf(SessionLostError);
      expect(String(leadership.signal.reason)).toContain(leadership.key);
      expect(await etcd.client().getAll().prefix('e/').keys()).toEqual([]);
    });
  });
});

it('a leader that resigned says which leadership ended, and how', async () => {
  await inSimulation(async (etcd) => {
    const leadership = await (await candidate(etcd)).campaign('a');
    await leadership.resign();
    expect(String(leadership.signal.reason)).toContain(`${leadership.key} was resigned`);
  });
});
