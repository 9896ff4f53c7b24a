import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IndefiniteError, STM, type StmOptions, type Transaction } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork, type Fate } from './fake/network.js';
import { inSimulation } from './in-simulation.js';

let kv: FakeKv;
let network: FakeNetwork;
let controller: AbortController;
const reason = new Error('enough');
beforeEach(() => {
  kv = new FakeKv();
  network = new FakeNetwork(kv);
  controller = new AbortController();
});

const open = (options: StmOptions = {}) =>
  new STM(network.client(), { recordPrefix: 'records/', ...options });
const never = <T>() => new Promise<T>(() => undefined);
const abort = () => controller.abort(reason);

/** Aborts once the current turn is over, and never answers. */
function hang(): Promise<Fate> {
  setImmediate(abort);
  return never();
}

/** The same once; then everything passes. */
function hangOnce(): Promise<Fate> {
  network.decide = () => 'pass';
  return hang();
}

/** Aborts as soon as something wants to pause, and never ends the pause. */
function abortInsteadOfWaiting(): void {
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(() => {
    queueMicrotask(abort);
    return undefined as unknown as NodeJS.Timeout;
  });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('an aborted run', () => {
  it('sends nothing where the signal was aborted before', async () => {
    abort();
    await expect(open().run((tx) => tx.put('a', '1'), { signal: controller.signal })).rejects.toBe(reason);
    expect(network.sent).toEqual([]);
  });

  it('rejects while a read is under way', async () => {
    network.decide = hang;
    await expect(open().run((tx) => tx.get('a'), { signal: controller.signal })).rejects.toBe(reason);
  });

  it('rejects while its function waits for something else', async () => {
    setImmediate(abort);
    await expect(open().run(never, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('rejects while its function ignores that a read was aborted', async () => {
    network.decide = hang;
    const run = open().run(
      async (tx) => {
        await tx.get('a').catch(() => null);
        tx.put('a', '1');
      },
      { signal: controller.signal },
    );
    await expect(run).rejects.toBe(reason);
    expect(kv.puts('a')).toEqual([]);
  });

  it('rejects while it backs off after a conflict', async () => {
    abortInsteadOfWaiting();
    let executions = 0;
    const run = open().run(
      async (tx) => {
        executions += 1;
        await tx.get('a');
        kv.put('a', String(executions));
        tx.put('b', '1');
      },
      { signal: controller.signal },
    );
    await expect(run).rejects.toBe(reason);
    expect(executions).toBe(2);
  });

  it('rejects while it backs off after an error', async () => {
    abortInsteadOfWaiting();
    network.decide = () => 'request lost';
    await expect(open().run((tx) => tx.get('a'), { signal: controller.signal })).rejects.toBe(reason);
  });

  /** Gives a run up that writes `a`, while its commit meets a fate. */
  function givenUpAtCommit(fate: Fate | 'no answer') {
    network.decide = ({ written }) => {
      if (!written.includes('a')) return 'pass';
      if (fate === 'no answer') return hang();
      abort();
      return fate;
    };
    return open().run((tx) => tx.put('a', '1'), { signal: controller.signal });
  }

  it.each(['reply lost', 'hidden resend', 'hidden resend refused', 'pass'] as const)(
    'resolves where its commit applied: %s',
    async (fate) => {
      expect(await givenUpAtCommit(fate)).toMatchObject({ revision: kv.modRevision('a') });
      network.deliverAllLate();
      expect(kv.puts('a')).toEqual(['1']);
    },
  );

  it.each(['request lost', 'late', 'refused', 'no answer'] as const)(
    'rejects with the reason, and never applies, where its commit did not: %s',
    async (fate) => {
      await expect(givenUpAtCommit(fate)).rejects.toBe(reason);
      network.deliverAllLate();
      expect(kv.puts('a')).toEqual([]);
    },
  );

  it('is indefinite where etcd does not answer any more', () =>
    inSimulation(async () => {
      const run = givenUpAtCommit('late');
      const { decide } = network;
      let silent = false;
      network.decide = (request) => {
        const fate = silent ? never<Fate>() : decide(request);
        silent ||= request.written.includes('a');
        return fate;
      };
      await expect(run).rejects.toBeInstanceOf(IndefiniteError);
      await expect(run).rejects.toMatchObject({ definite: false, cause: reason });
    }));

  describe('after its first commit conflicted and left a late copy', () => {
    /** Runs a transaction that finds nothing the second time; gives up then, by `second` or at the next request. */
    function run(second: (tx: Transaction) => unknown) {
      network.decide = ({ written }) => {
        if (!written.includes('a')) return 'pass';
        network.decide = () => 'pass';
        kv.put('flag', 'x');
        return 'hidden resend, first copy late';
      };
      let executions = 0;
      return open({ backoff: { initialMs: 0 } }).run(
        async (tx) => {
          executions += 1;
          await tx.get('flag');
          if (executions > 1) return second(tx);
          tx.put('a', '1');
          return 'first';
        },
        { signal: controller.signal },
      );
    }
    /** What the first commit compared becomes true again, and its copy arrives. */
    const arrive = () => {
      kv.delete('flag');
      network.deliverAllLate();
    };

    it.each<[string, (tx: Transaction) => unknown]>([
      ['while its function waits', () => (setImmediate(abort), never())],
      ['while a read is under way', (tx) => ((network.decide = hangOnce), tx.get('b'))],
      ['and its function throws', () => (abort(), Promise.reject(new Error('its own')))],
    ])('rejects with the reason and the copy never applies: given up %s', async (_, second) => {
      await expect(run(second)).rejects.toBe(reason);
      arrive();
      expect(kv.puts('a')).toEqual([]);
    });

    it('resolves where the copy applies before that is settled', async () => {
      const { value } = await run(() => {
        arrive();
        abort();
        return never();
      });
      expect(value).toBe('first');
      expect(kv.puts('a')).toEqual(['1']);
    });
  });

  it('leaves the handle usable, and lets it close', async () => {
    network.decide = hang;
    const stm = open();
    await expect(stm.run((tx) => tx.get('a'), { signal: controller.signal })).rejects.toBe(reason);
    network.decide = () => 'pass';
    await stm.run((tx) => tx.put('a', '1'));
    await stm.close();
    expect(kv.value('a')).toBe('1');
  });
});

it('closing can be aborted too', async () => {
  const stm = open();
  void stm.run(never, {}).catch(() => undefined);
  setImmediate(abort);
  await expect(stm.close({ signal: controller.signal })).rejects.toBe(reason);
});
