/** A context follows code as AsyncLocalStorage does, in every version of Node.js. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fill } from '../../sim/engine/ambient/slot.js';
import { CarriedContext, StoredContext, type Context } from '../../sim/engine/context.js';

interface Value {
  readonly name: string;
}

const a: Value = { name: 'a' };
const b: Value = { name: 'b' };

/** What sets code in motion that looks at the value later. */
const ways: Readonly<Record<string, (look: () => void) => unknown>> = {
  'after an await': async (look) => {
    await Promise.resolve();
    look();
  },
  'after an await for a promise that something else settles': async (look) => {
    await new Promise<void>((resolve) => void outside.push(resolve));
    look();
  },
  'in a callback of a promise': (look) => Promise.resolve().then(look),
  'where a promise ends': (look) => Promise.reject(new Error('expected')).catch(look).finally(look),
  'in a thenable': (look) =>
    Promise.resolve({
      then(resolve: (value: unknown) => void) {
        look();
        resolve(undefined);
      },
    }),
  'in an async generator': async (look) => {
    async function* numbers() {
      yield 1;
      look();
      await Promise.resolve();
      yield 2;
    }
    for await (const _ of numbers()) look();
  },
  'in a tick': (look) => process.nextTick(look),
  'in a tick of a tick': (look) => process.nextTick(() => process.nextTick(look)),
  'in a microtask': (look) => queueMicrotask(look),
  'in a microtask of a tick': (look) => process.nextTick(() => queueMicrotask(look)),
  'after a promisified tick': async (look) => {
    await promisify((done: () => void) => process.nextTick(done))();
    look();
  },
  'after an event': async (look) => {
    const emitter = new EventEmitter();
    process.nextTick(() => emitter.emit('it'));
    await once(emitter, 'it');
    look();
  },
};

/** Settles what waits for something else. */
let outside: (() => void)[] = [];

describe.each([
  ['a carried context', new CarriedContext<Value>()],
  ['AsyncLocalStorage', new StoredContext(new AsyncLocalStorage<Value>())],
] as const)('%s', (_, context: Context<Value>) => {
  let undo: readonly ((() => void) | undefined)[] = [];
  beforeAll(() => void (undo = context.slots.map(fill)));
  afterAll(() => undo.forEach((restore) => restore?.()));

  it.each(Object.entries(ways))('has its value %s', async (_, way) => {
    const seen: unknown[] = [];
    const look = (as: Value) => () => void seen.push([as.name, context.get()?.name]);
    outside = [];
    // Both at once, so that each could get the other's value.
    context.run(a, () => void way(look(a)));
    context.run(b, () => void way(look(b)));
    await Promise.resolve();
    const waiting = outside;
    context.run(b, () => waiting[0]?.());
    context.run(a, () => waiting[1]?.());
    await nextTurn();
    expect(seen.length).toBeGreaterThan(1);
    for (const [as, saw] of seen as [string, string][]) expect(saw).toBe(as);
    expect(context.get()).toBeUndefined();
  });

  it('has the innermost value, and the one before afterwards, even if the code throws', () => {
    const seen = context.run(a, () => [
      context.get(),
      context.run(b, () => context.get()),
      context.exit(() => context.get()),
      attempt(() => context.run(b, () => fail())),
      attempt(() => context.exit(() => fail())),
      context.get(),
    ]);
    expect(seen).toEqual([a, b, undefined, a, a, a]);
    expect(context.get()).toBeUndefined();

    function attempt(code: () => unknown): unknown {
      expect(code).toThrow('expected');
      return context.get();
    }
    function fail(): never {
      throw new Error('expected');
    }
  });

  it('has no value after code that left it', async () => {
    const seen: unknown[] = [];
    await context.run(a, () =>
      context.exit(async () => {
        await Promise.resolve();
        seen.push(context.get());
        process.nextTick(() => seen.push(context.get()));
      }),
    );
    await nextTurn();
    expect(seen).toEqual([undefined, undefined]);
  });

  it('hands the parameters of a tick on', async () => {
    const seen = await context.run(
      a,
      () => new Promise((resolve) => process.nextTick((...given: unknown[]) => resolve(given), 1, 'two', a)),
    );
    expect(seen).toEqual([1, 'two', a]);
  });

  it('is not known to code that began outside', async () => {
    let open = (): void => undefined;
    const waited = new Promise<void>((resolve) => (open = resolve)).then(() => context.get());
    context.run(a, () => open());
    expect(await waited).toBeUndefined();
  });
});
