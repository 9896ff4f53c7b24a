import { GRPCInvalidArgumentError, GRPCUnavailableError } from 'etcd3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Effort } from '../../src/effort.js';
import { inSimulation } from './in-simulation.js';

const reason = new Error('enough');
const transient = () => new GRPCUnavailableError('14 UNAVAILABLE: no connection');
const refusal = () => new GRPCInvalidArgumentError('3 INVALID_ARGUMENT: no');
const never = <T>() => new Promise<T>(() => undefined);

afterEach(() => {
  vi.restoreAllMocks();
});

/** Runs in virtual time; resolves to how much of it has passed. */
const lasting = (body: () => Promise<unknown>) =>
  inSimulation(async () => {
    const beganMs = performance.now();
    await body();
    return performance.now() - beganMs;
  });

it('any number of calls may share a signal without a warning of Node.js', async () => {
  const warnings: Error[] = [];
  const keep = (warning: Error): void => void warnings.push(warning);
  process.on('warning', keep);
  const controller = new AbortController();
  const waits = Array.from({ length: 100 }, () => new Effort({}, controller.signal).pause(60_000));
  // Node.js warns on the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('given up'));
  expect(await Promise.allSettled(waits)).toEqual(
    Array.from({ length: 100 }, () => ({ status: 'rejected', reason: controller.signal.reason as Error })),
  );
  process.off('warning', keep);
  expect(warnings).toEqual([]);
});

describe('attempts', () => {
  it('are unlimited unless a maximum is given', async () => {
    let failures = 200;
    const effort = new Effort({ backoff: { initialMs: 0 } });
    await effort.repeat(() => (failures-- > 0 ? Promise.reject(transient()) : Promise.resolve()));
    expect(effort.attempts).toBe(200);
    expect(effort.mayTry).toBe(true);
  });

  it('are counted by executions and repetitions together, and end at the maximum', async () => {
    let sent = 0;
    const effort = new Effort({ maxAttempts: 3, backoff: { initialMs: 0 } });
    effort.begin();
    const repeating = effort.repeat(() => {
      sent += 1;
      return Promise.reject(transient());
    });
    await expect(repeating).rejects.toBeInstanceOf(GRPCUnavailableError);
    expect({ sent, attempts: effort.attempts, mayTry: effort.mayTry }).toEqual({
      sent: 3,
      attempts: 3,
      mayTry: false,
    });
  });

  it('do not continue after an error that will come again', async () => {
    let sent = 0;
    const repeating = new Effort({}).repeat(() => {
      sent += 1;
      return Promise.reject(refusal());
    });
    await expect(repeating).rejects.toBeInstanceOf(GRPCInvalidArgumentError);
    expect(sent).toBe(1);
  });

  it('are not begun where the signal is aborted', () => {
    const effort = new Effort({}, undefined, AbortSignal.abort(reason));
    expect(() => effort.begin()).toThrow(reason);
    expect({ attempts: effort.attempts, aborted: effort.aborted }).toEqual({ attempts: 0, aborted: true });
    expect(new Effort({}, undefined, new AbortController().signal).aborted).toBe(false);
  });

  it('pause longer and longer after errors, and begin anew after an answer', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const pauses: number[] = [];
    const effort = new Effort({ backoff: { initialMs: 10, maxMs: 30 } });
    vi.spyOn(effort, 'pause').mockImplementation((pauseMs) => {
      pauses.push(pauseMs);
      return Promise.resolve();
    });
    for (let n = 0; n < 4; n++) await effort.mayRepeatAfter(transient());
    await effort.send(() => Promise.resolve());
    await effort.mayRepeatAfter(transient());
    await effort.pauseAfterConflict();
    await effort.pauseAfterConflict();
    expect(pauses).toEqual([5, 10, 15, 15, 5, 5, 10]);
    expect(effort.newBackoff().nextMs()).toBe(5);
  });
});

describe('a request', () => {
  it.each([
    [undefined, 5000],
    [700, 700],
  ])('has a deadline: %s', async (requestTimeoutMs, expectedMs) => {
    await inSimulation(async () => {
      const effort = new Effort(requestTimeoutMs === undefined ? {} : { requestTimeoutMs });
      const { deadline } = await effort.send((options) => Promise.resolve(options));
      expect(deadline - Date.now()).toBe(expectedMs);
    });
  });

  it('is not sent where the signal is aborted', async () => {
    const request = vi.fn(() => Promise.resolve());
    await expect(new Effort({}, AbortSignal.abort(reason)).send(request)).rejects.toBe(reason);
    expect(request).not.toHaveBeenCalled();
  });

  it.each([0, 1])('is not waited for once a signal is aborted, whichever: %i', async (which) => {
    const controllers = [new AbortController(), new AbortController()];
    const effort = new Effort({}, ...controllers.map(({ signal }) => signal));
    const sending = effort.send(() => never());
    controllers[which]?.abort(reason);
    await expect(sending).rejects.toBe(reason);
    expect(await effort.endAfter(transient())).toBe(reason);
  });

  it('that failed ends with its error, or is to be sent again', async () => {
    const effort = new Effort({ maxAttempts: 1, backoff: { initialMs: 0 } });
    const error = refusal();
    expect(await effort.endAfter(error)).toBe(error);
    expect(await effort.endAfter(transient())).toBeUndefined();
    const last = transient();
    expect(await effort.endAfter(last)).toBe(last);
  });
});

describe('a wait', () => {
  it('ends with the signal’s reason, at once, and leaves no listener and no timer', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const remove = vi.spyOn(signal, 'removeEventListener');
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    const waiting = new Effort({}, signal).pause(1_000_000);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(clear).toHaveBeenCalledTimes(1);
    await new Effort({}, new AbortController().signal).pause(0);
    const calm = new AbortController().signal;
    const removed = vi.spyOn(calm, 'removeEventListener');
    await new Effort({}, calm).unlessAborted(Promise.resolve());
    await new Promise((resolve) => setImmediate(resolve));
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
    remove.mockRestore();
  });

  it('does not begin where the signal is aborted already', async () => {
    await expect(new Effort({}, AbortSignal.abort(reason)).unlessAborted(never())).rejects.toBe(reason);
  });

  it('has the outcome of what it waits for', async () => {
    for (const effort of [new Effort({}), new Effort({}, new AbortController().signal)]) {
      expect(await effort.unlessAborted(Promise.resolve(1))).toBe(1);
      await expect(effort.unlessAborted(Promise.reject(reason))).rejects.toBe(reason);
    }
  });

  it('lasts for the requested time', async () => {
    expect(await lasting(() => new Effort({}).pause(1234))).toBe(1234);
  });
});

describe('a last resort', () => {
  it('continues although the effort’s attempts are used up and its signal is aborted', async () => {
    const effort = new Effort({ maxAttempts: 1, backoff: { initialMs: 0 } }, AbortSignal.abort(reason));
    let failures = 5;
    const answer = await effort.lastResort((last) =>
      last.repeat(() => (failures-- > 0 ? Promise.reject(transient()) : Promise.resolve('answer'))),
    );
    expect(answer).toBe('answer');
  });

  it('ends once a request may have taken its time and etcd3’s circuit breaker been open', async () => {
    const effort = new Effort({ requestTimeoutMs: 1500 });
    const passedMs = await lasting(() =>
      expect(effort.lastResort((last) => last.repeat(() => never()))).rejects.toThrow(
        'etcd did not answer within 6500 ms',
      ),
    );
    expect(passedMs).toBe(6500);
  });

  it('waits for one answer a third as long as others do', async () => {
    await inSimulation(async () => {
      const { deadline } = await new Effort({ requestTimeoutMs: 1500 }).lastResort((last) =>
        last.send((options) => Promise.resolve(options)),
      );
      expect(deadline - Date.now()).toBe(500);
    });
  });

  it('leaves no timer behind', async () => {
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    await new Effort({}).lastResort(() => Promise.resolve());
    expect(clear).toHaveBeenCalledTimes(1);
  });
});
