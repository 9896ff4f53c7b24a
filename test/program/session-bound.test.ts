import { describe, expect, it } from 'vitest';
import { SessionBound } from '../../src/program/session-bound.js';
import type { Session } from '../../src/index.js';
import { inSimulation } from '../recipes/in-simulation.js';

/** A handle that reports what happens to it. */
class Handle {
  closed = false;
  constructor(readonly session: Session) {}
  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

const { signal } = new AbortController();

describe('a handle of a program, under a session', () => {
  it('is the same as long as the session lives', () =>
    inSimulation(async (etcd) => {
      const told: string[] = [];
      const bound = new SessionBound(
        etcd.client(),
        (session) => new Handle(session),
        (line) => told.push(line),
      );
      const handle = await bound.handle(signal);
      await etcd.passes(600_000);
      expect(await bound.handle(signal)).toBe(handle);
      expect(told).toEqual([]);
      await bound.close({});
    }));

  it('belongs to a new session once the first is lost, and reports that', () =>
    inSimulation(async (etcd) => {
      const client = etcd.client();
      const told: string[] = [];
      const bound = new SessionBound(
        client,
        (session) => new Handle(session),
        (line) => told.push(line),
      );
      const lost = await bound.handle(signal);
      await client.leaseClient.leaseRevoke({ ID: lost.session.leaseId });
      await etcd.passes(60_000);
      expect(told).toEqual([
        expect.stringMatching(/^the session is lost: .*; the next command opens a new one$/),
      ]);
      const next = await bound.handle(signal);
      expect(lost.closed).toBe(true);
      expect(next.session.leaseId).not.toBe(lost.session.leaseId);
      expect(next.session.alive).toBe(true);
      await bound.close({});
    }));

  it('is closed with its session, without a report', () =>
    inSimulation(async (etcd) => {
      const client = etcd.client();
      const told: string[] = [];
      const bound = new SessionBound(
        client,
        (session) => new Handle(session),
        (line) => told.push(line),
      );
      const handle = await bound.handle(signal);
      await bound.close({});
      expect(handle.closed).toBe(true);
      expect((await client.leaseClient.leaseLeases()).leases).toEqual([]);
      expect(told).toEqual([]);
      await bound.close({});
    }));
});
