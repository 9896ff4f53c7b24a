/** The same calls on a real etcd that is well, given up or closed at moments drawn at random. */
import { Etcd3, type Namespace } from 'etcd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';
import { describeReal } from '../../real/available.js';
import { answerOf, endOf, expectTrue, logOf, type End } from './log.js';
import { interruptibleCalls, type Call, type InterruptibleCall } from './interruptible-calls.js';

const TIMES_EACH = 8;

/** Those of one test: what a call does to their connections is no affair of another's. */
interface Clients {
  readonly own: Etcd3;
  readonly others: Etcd3;
}

describeReal('on a real etcd', () => {
  let cluster: RealCluster;
  let places = 0;
  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: ['n1'],
      members: ['m1'],
      withoutProxy: true,
      progress: () => undefined,
    });
  });
  afterAll(() => cluster.close());

  async function withClients(body: (clients: Clients) => Promise<void>): Promise<void> {
    const hosts = cluster.observerHosts;
    const [own, others] = [new Etcd3({ hosts }), new Etcd3({ hosts })];
    try {
      await body({ own, others });
    } finally {
      own.close();
      others.close();
    }
  }

  async function open(
    { own, others }: Clients,
    interruptible: InterruptibleCall,
  ): Promise<{ readonly call: Call; readonly place: Namespace }> {
    const place = `place/${places++}/`;
    const call = await interruptible.open(own.namespace(place), others.namespace(place), {});
    return { call, place: others.namespace(place) };
  }

  /** How long the call takes where it is left alone. */
  async function durationMs(clients: Clients, interruptible: InterruptibleCall): Promise<number> {
    const { call } = await open(clients, interruptible);
    const beganMs = performance.now();
    await call.make(new AbortController().signal);
    return performance.now() - beganMs;
  }

  /** The call, ended once that time has passed. */
  async function endedAfter(
    delayMs: number,
    clients: Clients,
    interruptible: InterruptibleCall,
    ending: 'given up' | 'closed',
  ): Promise<{ readonly end: End; readonly times: number }> {
    const { call, place } = await open(clients, interruptible);
    const controller = new AbortController();
    const reason = new Error('given up');
    const timer = setTimeout(() => {
      if (ending === 'given up' || call.close === undefined) controller.abort(reason);
      else void call.close();
    }, delayMs);
    const end = await endOf(call.make(controller.signal), reason);
    clearTimeout(timer);
    return { end, times: call.happened(await logOf(place), answerOf(end)) };
  }

  // Each in a place of its own, and waiting most of the time.
  describe.concurrent.each(['given up', 'closed'] as const)('a call that is %s', (ending) => {
    it.each(interruptibleCalls.map((interruptible) => [interruptible.name, interruptible] as const))(
      'has happened once or never, as it says: %s',
      (_, interruptible) =>
        withClients(async (clients) => {
          const typicalMs = await durationMs(clients, interruptible);
          for (let nth = 0; nth < TIMES_EACH; nth++) {
            const delayMs = Math.random() * typicalMs * 1.2;
            const { end, times } = await endedAfter(delayMs, clients, interruptible, ending);
            // etcd answers, so nothing stays unknown.
            if (interruptible.asksNobody !== true) expect(end.kind).not.toBe('indefinite');
            expectTrue(end, times, { delayMs, ending });
          }
        }),
    );
  });
});
