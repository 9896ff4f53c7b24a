import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STM, type StmOptions } from '../../src/index.js';
import { FakeKv } from './fake/kv.js';
import { FakeNetwork, type Fate } from './fake/network.js';

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

  it('rejects while the commit is under way', async () => {
    network.decide = ({ written }) => (written.includes('a') ? hang() : 'pass');
    await expect(open().run((tx) => tx.put('a', '1'), { signal: controller.signal })).rejects.toBe(reason);
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

  it('cannot commit any more once the next run has used its record', async () => {
    let arrive: (() => void) | undefined;
    network.decide = ({ written }) => {
      if (!written.includes('a')) return 'pass';
      setImmediate(abort);
      return new Promise((resolve) => (arrive = () => resolve('pass')));
    };
    const stm = open();
    await expect(stm.run((tx) => tx.put('a', '1'), { signal: controller.signal })).rejects.toBe(reason);
    await stm.run((tx) => tx.put('b', '1'));
    arrive?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(kv.puts('a')).toEqual([]);
    expect(kv.keys('records/')).toHaveLength(1);
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
