/** The same calls on a real etcd that is well, given up or closed at moments drawn at random. */
import { Etcd3, type Namespace } from 'etcd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRealCluster, type RealCluster } from '../../../sim/backend/real/cluster.js';
import { describeReal } from '../../real/available.js';
import { answerOf, endOf, expectTrue, logOf, type End } from './log.js';
import { interruptibleCalls, type Call, type InterruptibleCall } from './interruptible-calls.js';

const TIMES_EACH = 8;

describeReal('on a real etcd', () => {
  let cluster: RealCluster;
  let own: Etcd3;
  let others: Etcd3;
  let places = 0;
  beforeAll(async () => {
    cluster = await startRealCluster({
      nodes: ['n1'],
      members: ['m1'],
      withoutProxy: true,
      progress: () => undefined,
    });
    own = new Etcd3({ hosts: cluster.observerHosts });
    others = new Etcd3({ hosts: cluster.observerHosts });
  });
  afterAll(async () => {
    own.close();
    others.close();
    await cluster.close();
  });

  async function open(
    interruptible: InterruptibleCall,
  ): Promise<{ readonly call: Call; readonly place: Namespace }> {
    const place = `place/${places++}/`;
    const call = await interruptible.open(own.namespace(place), others.namespace(place), {});
    return { call, place: others.namespace(place) };
  }

  /** How long the call takes where it is left alone. */
  async function durationMs(interruptible: InterruptibleCall): Promise<number> {
    const { call } = await open(interruptible);
    const beganMs = performance.now();
    await call.make(new AbortController().signal);
    return performance.now() - beganMs;
  }

  /** The call, ended once that time has passed. */
  async function endedAfter(
    delayMs: number,
    interruptible: InterruptibleCall,
    ending: 'given up' | 'closed',
  ): Promise<{ readonly end: End; readonly times: number }> {
    const { call, place } = await open(interruptible);
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

  describe.each(['given up', 'closed'] as const)('a call that is %s', (ending) => {
    it.each(interruptibleCalls.map((interruptible) => [interruptible.name, interruptible] as const))(
      'has happened once or never, as it says: %s',
      async (_, interruptible) => {
        const typicalMs = await durationMs(interruptible);
        for (let nth = 0; nth < TIMES_EACH; nth++) {
          const delayMs = Math.random() * typicalMs * 1.2;
          const { end, times } = await endedAfter(delayMs, interruptible, ending);
          // etcd answers, so nothing stays unknown.
          if (interruptible.asksNobody !== true) expect(end.kind).not.toBe('indefinite');
          expectTrue(end, times, { delayMs, ending });
        }
      },
    );
  });
});
