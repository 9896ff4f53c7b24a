/** Sessions that are cut off or paused, or whose members believe to lead: when they report their loss. */
import { Etcd3, EtcdPermissionDeniedError, type ILeaseKeepAliveResponse } from 'etcd3';
import { describe, expect, it, vi } from 'vitest';
import { Session, SessionLostError } from '../../../src/index.js';
import { FakeKv } from '../fake/kv.js';
import { FakeNetwork } from '../fake/network.js';
import { inSimulation, type SimulatedEtcd } from '../in-simulation.js';

const DROP = () => ({ kind: 'drop' }) as const;

/** Resolves, with the virtual time, when the key is gone. */
async function goneAtMs(etcd: SimulatedEtcd, key: string): Promise<number> {
  const client = etcd.client();
  while (await client.get(key).exists()) await etcd.passes(10);
  return performance.now();
}

describe('a session', () => {
  it.each([2, 5, 30])('of %i s that is cut off is lost before its keys are gone', async (ttlSeconds) => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      const session = await etcd.as('n1', () => Session.open(client, { ttlSeconds }));
      await client.put('held').value('').lease(session.leaseId);
      await etcd.passes(ttlSeconds * 1700);
      expect(session.alive).toBe(true);
      etcd.network.link('n1', 'm1').addRule(DROP);
      let lostAtMs = Infinity;
      session.signal.addEventListener('abort', () => (lostAtMs = performance.now()));
      const gone = await goneAtMs(etcd, 'held');
      expect(lostAtMs).toBeLessThan(gone);
      expect(session.signal.reason).toBeInstanceOf(SessionLostError);
      expect(String(session.signal.reason)).toContain('its lease could not be renewed in time');
    });
  });

  it('with late answers to its renewals counts from when they were sent', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      const session = await etcd.as('n1', () => Session.open(client, { ttlSeconds: 3 }));
      await client.put('held').value('').lease(session.leaseId);
      const link = etcd.network.link('n1', 'm1');
      link.addRule(({ direction }) =>
        direction === 'reply' ? { kind: 'delay', byUs: 900_000 } : { kind: 'pass' },
      );
      await etcd.passes(10_000);
      expect(session.alive).toBe(true);
      link.addRule(({ direction }) => (direction === 'request' ? { kind: 'drop' } : { kind: 'pass' }));
      let lostAtMs = Infinity;
      session.signal.addEventListener('abort', () => (lostAtMs = performance.now()));
      expect(await goneAtMs(etcd, 'held').then((gone) => lostAtMs < gone)).toBe(true);
    });
  });

  it('with a late answer to its grant counts from when it was asked for', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      const link = etcd.network.link('n1', 'm1');
      const restore = link.addRule(({ direction, method }) =>
        direction === 'reply' && method.endsWith('/LeaseGrant')
          ? { kind: 'delay', byUs: 2_000_000 }
          : { kind: 'pass' },
      );
      const session = await etcd.as('n1', () => Session.open(client, { ttlSeconds: 4 }));
      restore();
      link.addRule(DROP);
      await etcd.client().put('held').value('').lease(session.leaseId);
      let lostAtMs = Infinity;
      session.signal.addEventListener('abort', () => (lostAtMs = performance.now()));
      const gone = await goneAtMs(etcd, 'held');
      expect(lostAtMs).toBeLessThan(gone);
    });
  });

  it('of a paused process is lost with the first look at it', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      await etcd.as('n1', async () => {
        const looks = [(session: Session) => session.alive, (session: Session) => !session.signal.aborted];
        const sessions: Session[] = [];
        for (const _ of looks) sessions.push(await Session.open(client, { ttlSeconds: 2 }));
        // A paused process: no timer runs, and then the clock is late.
        const late = performance.now() + 5000;
        // Not a spy, which would leave a `now` behind that hides the one of later runs.
        Object.defineProperty(performance, 'now', { value: () => late, configurable: true });
        const seen = looks.map((look, index) => look(sessions[index] as Session));
        Reflect.deleteProperty(performance, 'now');
        expect(seen).toEqual([false, false]);
        expect(sessions[0]?.signal.reason).toBeInstanceOf(SessionLostError);
      });
    });
  });

  it('survives an outage that is shorter than its time to live', async () => {
    await inSimulation(async (etcd) => {
      const client = etcd.client('n1');
      const session = await etcd.as('n1', () => Session.open(client, { ttlSeconds: 10 }));
      const remove = etcd.network.link('n1', 'm1').addRule(DROP);
      await etcd.passes(5000);
      remove();
      etcd.network.link('n1', 'm1').connection.reset();
      await etcd.passes(60_000);
      expect(session.alive).toBe(true);
      await session.close();
    });
  });

  it('is not lost because a member that leads no longer knows nothing of its lease', async () => {
    const answers = await inSimulation(
      async (etcd) => {
        const { cluster } = etcd;
        while (cluster.leader === undefined) await etcd.passes(10);
        const old = cluster.leader;
        cluster.pauseMember(old);
        for (const { name } of cluster.members) if (name !== old) cluster.disconnectMembers(old, name);
        while (cluster.leader === undefined || cluster.leader === old) await etcd.passes(10);
        const present = new Etcd3({ ...etcd.options('n1'), hosts: [`${cluster.leader}:2379`] });
        const stale = new Etcd3({ ...etcd.options('n1'), hosts: [`${old}:2379`] });
        // Renewals go to the member that was the leader, everything else to the one that is.
        let renewer = present;
        const client = present.namespace('');
        Object.defineProperty(client, 'leaseClient', { get: () => renewer.leaseClient });
        const session = await Session.open(client, { ttlSeconds: 2 });
        renewer = stale;
        await etcd.passes(500);
        cluster.resumeMember(old);
        await etcd.passes(50);
        const answer = await ttlOf(stale, session.leaseId);
        await etcd.passes(300);
        renewer = present;
        await etcd.passes(10_000);
        const { alive } = session;
        await session.close();
        present.close();
        stale.close();
        return { answer, alive };
      },
      { members: 3 },
    );
    expect(answers).toEqual({ answer: '0', alive: true });
  });

  it('is renewed three times in a life, and no more once it is closed', async () => {
    await inSimulation(async (etcd) => {
      const renewals = countRenewals(etcd);
      const session = await etcd.as('n1', () => Session.open(etcd.client('n1'), { ttlSeconds: 6 }));
      await etcd.passes(61_000);
      expect(renewals()).toBe(30);
      await session.close();
      await etcd.passes(60_000);
      expect(renewals()).toBe(30);
    });
  });

  it('asks again in time when a renewal is not answered', async () => {
    await inSimulation(async (etcd) => {
      const session = await etcd.as('n1', () => Session.open(etcd.client('n1'), { ttlSeconds: 9 }));
      let lost = false;
      etcd.network.link('n1', 'm1').addRule(({ direction }) => {
        if (lost || direction === 'request') return { kind: 'pass' };
        lost = true;
        return { kind: 'drop' };
      });
      await etcd.passes(30_000);
      expect({ lost, alive: session.alive }).toEqual({ lost: true, alive: true });
    });
  });

  it('waits for the answer to a renewal no longer than requestTimeoutMs', async () => {
    await inSimulation(async (etcd) => {
      const renewals = countRenewals(etcd);
      const options = { ttlSeconds: 30, requestTimeoutMs: 1000 };
      await etcd.as('n1', () => Session.open(etcd.client('n1'), options));
      etcd.network
        .link('n1', 'm1')
        .addRule(({ direction }) => ({ kind: direction === 'reply' ? 'drop' : 'pass' }));
      await etcd.passes(9900);
      expect(renewals()).toBe(0);
      await etcd.passes(4000);
      expect(renewals()).toBeGreaterThanOrEqual(2);
      expect(renewals()).toBeLessThanOrEqual(4);
    });
  });

  it('leaves no timer behind once it is closed', async () => {
    const [set, clear] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
    const session = await Session.open(new FakeNetwork(new FakeKv()).client());
    await session.close();
    const begun = set.mock.results.map(({ value }) => value as unknown);
    const cleared = clear.mock.calls.map(([timer]) => timer as unknown);
    vi.restoreAllMocks();
    // One for its renewal, one for its expiry.
    expect(begun).toHaveLength(2);
    expect(begun.filter((timer) => !cleared.includes(timer))).toEqual([]);
  });

  it('rejects its close with etcd’s error if etcd refuses to revoke the lease', async () => {
    const network = new FakeNetwork(new FakeKv());
    const session = await Session.open(network.client());
    network.decide = () => 'refused';
    await expect(session.close()).rejects.toBeInstanceOf(EtcdPermissionDeniedError);
    expect(session.signal.reason).toMatchObject({ name: 'ClosedError', message: 'the session is closed' });
  });

  it('rejects its close with the reason of the signal', async () => {
    await inSimulation(async (etcd) => {
      const session = await etcd.as('n1', () => Session.open(etcd.client('n1')));
      etcd.network.link('n1', 'm1').addRule(DROP);
      const end = new AbortController();
      const closing = etcd.as('n1', () => session.close({ signal: end.signal }));
      await etcd.passes(1000);
      end.abort(new Error('enough'));
      await expect(closing).rejects.toThrow('enough');
    });
  });

  it('lives 60 s unless its time to live is given', async () => {
    const session = await Session.open(new FakeNetwork(new FakeKv()).client());
    expect(session.ttlSeconds).toBe(60);
    await session.close();
  });
});

/** Counts how often node n1 asks to renew a lease. */
function countRenewals(etcd: SimulatedEtcd): () => number {
  let count = 0;
  etcd.network.link('n1', 'm1').addRule(({ direction, method, bytes }) => {
    // What ends a stream has no bytes.
    if (direction === 'request' && bytes > 0 && method.endsWith('/LeaseKeepAlive')) count += 1;
    return { kind: 'pass' };
  });
  return () => count;
}

/** What the client's member says how long the lease still lives. */
async function ttlOf({ leaseClient }: Etcd3, id: string): Promise<string> {
  const stream = await leaseClient.leaseKeepAlive();
  const { TTL } = await new Promise<ILeaseKeepAliveResponse>((resolve, reject) => {
    stream.on('data', resolve);
    stream.on('error', reject);
    stream.write({ ID: id });
  });
  stream.end();
  return TTL;
}
