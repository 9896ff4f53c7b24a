/** Those who take turns in one process: on a handle, on a key that handles share, and at the end of a handle. */
import { describe, expect, it } from 'vitest';
import { Calls } from '../../src/calls.js';
import { Effort } from '../../src/effort.js';
import { ClosedError } from '../../src/errors.js';
import { nanoseconds } from '../../src/nanoseconds.js';
import { Reservations } from '../../src/reservations.js';
import { Turns } from '../../src/turns.js';

const reason = new Error('enough');
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A promise and how to resolve it. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('turns', () => {
  it('are taken one after the other, in the order of the calls', async () => {
    const turns = new Turns();
    const gates = [gate(), gate(), gate()];
    const order: string[] = [];
    const taking = gates.map(({ opened }, n) =>
      turns.take(new Effort({}), async () => {
        order.push(`${n} begins`);
        await opened;
        order.push(`${n} ends`);
        return n;
      }),
    );
    for (const { open } of [...gates].reverse()) {
      open();
      await settled();
    }
    expect(await Promise.all(taking)).toEqual([0, 1, 2]);
    expect(order).toEqual(['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends']);
  });

  it('that are given up, or whose body rejects, delay no other and overtake no other', async () => {
    const turns = new Turns();
    const [first, controller] = [gate(), new AbortController()];
    const one = turns.take(new Effort({}), () => first.opened);
    const two = turns.take(new Effort({}, controller.signal), () => Promise.resolve('never'));
    let begun = false;
    const three = turns.take(new Effort({}), () => {
      begun = true;
      return Promise.reject(new Error('its own'));
    });
    const rejected = expect(three).rejects.toThrow('its own');
    controller.abort(reason);
    await expect(two).rejects.toBe(reason);
    await settled();
    expect(begun).toBe(false);
    first.open();
    await one;
    await rejected;
    expect(await turns.take(new Effort({}), () => Promise.resolve('four'))).toBe('four');
  });
});

describe('reservations', () => {
  it('of one key follow one another, and one that is given up delays no other and overtakes no other', async () => {
    const reservations = new Reservations();
    const controller = new AbortController();
    const release = await reservations.reserve('a', new Effort({}));
    const second = reservations.reserve('a', new Effort({}, controller.signal));
    let third = false;
    const waiting = reservations.reserve('a', new Effort({})).then((end) => {
      third = true;
      return end;
    });
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    await settled();
    expect(third).toBe(false);
    release();
    (await waiting)();
  });

  it('of different keys have nothing to do with one another', async () => {
    const reservations = new Reservations();
    await reservations.reserve('a', new Effort({}));
    await reservations.reserve('b', new Effort({}));
    expect(reservations.tryReserve('c')).toBeDefined();
  });

  it('are available at once only if none is held and none is waited for', async () => {
    const reservations = new Reservations();
    const release = reservations.tryReserve('a');
    expect(reservations.tryReserve('a')).toBeUndefined();
    const waiting = reservations.reserve('a', new Effort({}));
    release?.();
    release?.();
    const next = await waiting;
    await settled();
    expect(reservations.tryReserve('a')).toBeUndefined();
    next();
    await settled();
    expect(reservations.tryReserve('a')).toBeDefined();
  });
});

describe('the calls of a handle', () => {
  it('end when it is closed, which waits for them', async () => {
    const calls = new Calls('the queue jobs', {});
    const late = gate();
    let over = false;
    const call = calls.run({}, async (effort) => {
      await effort.pause(1_000_000).catch(async (error: unknown) => {
        await late.opened;
        over = true;
        throw error;
      });
    });
    const rejected = expect(call).rejects.toMatchObject({
      name: 'ClosedError',
      message: 'the queue jobs is closed',
    });
    const closing = calls.close().then(() => over);
    await settled();
    late.open();
    expect(await closing).toBe(true);
    await rejected;
  });

  it('do not begin once it is closed, but tidying up does', async () => {
    const calls = new Calls('the queue jobs', {});
    await calls.close();
    await calls.close();
    await expect(calls.run({}, (effort) => Promise.resolve(effort.begin()))).rejects.toBeInstanceOf(
      ClosedError,
    );
    calls.tidying({}).begin();
    expect(() => calls.tidying({ signal: AbortSignal.abort(reason) }).begin()).toThrow(reason);
  });

  it('end with their own signal, and with those of the handle', async () => {
    const own = new AbortController();
    const calls = new Calls('the queue jobs', {}, own.signal);
    const given = calls.run({ signal: AbortSignal.abort(reason) }, (effort) =>
      Promise.resolve(effort.begin()),
    );
    await expect(given).rejects.toBe(reason);
    own.abort(reason);
    await expect(calls.run({}, (effort) => effort.pause(1_000_000))).rejects.toBe(reason);
  });

  it('that are over are not waited for', async () => {
    const calls = new Calls('the queue jobs', {});
    expect(await calls.run({}, () => Promise.resolve(1))).toBe(1);
    await calls.close();
  });
});

it('nanoseconds have 19 digits, begin with the milliseconds of the clock, and differ', () => {
  const beforeMs = Date.now();
  const drawn = Array.from({ length: 20 }, nanoseconds);
  for (const one of drawn) {
    expect(one).toMatch(/^\d{19}$/);
    const drawnMs = Number(one.slice(0, 13));
    expect(drawnMs).toBeGreaterThanOrEqual(beforeMs);
    expect(drawnMs).toBeLessThanOrEqual(Date.now());
  }
  expect(new Set(drawn).size).toBeGreaterThan(10);
});
