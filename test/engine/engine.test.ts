import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Engine, type EngineEnd, type EngineOptions } from '../../sim/engine/engine.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 60_000 };

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function simulate<T>(
  main: (engine: Engine) => Promise<T>,
  options: Partial<EngineOptions> = {},
): Promise<{ engine: Engine; end: EngineEnd<T> }> {
  const engine = new Engine({ seed: 'test', budget: BUDGET, ...options });
  const end = await engine.run(engine.node('main'), () => main(engine));
  return { engine, end };
}

describe('the engine', () => {
  it('lets virtual time jump to the next event', async () => {
    const { engine, end } = await simulate(async () => {
      const before = Date.now();
      await sleep(30_000);
      return Date.now() - before;
    });
    expect(end).toEqual({ kind: 'completed', value: 30_000 });
    expect(engine.nowUs).toBe(30_000_000);
  });

  it('gives the same trace for the same seed and another for another', async () => {
    const work = async () => {
      for (let round = 0; round < 20; round++) await sleep(Math.floor(Math.random() * 100));
    };
    const hashes = [];
    for (const seed of ['one', 'one', 'two']) {
      const { engine } = await simulate(work, { seed });
      hashes.push(engine.trace.digest());
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });

  it('refuses times that are not whole microseconds: they need not be the same on every machine', () => {
    const engine = new Engine({ seed: 'test', budget: BUDGET });
    const schedule = (delayUs: number) =>
      engine.schedule(engine.lane('lane'), delayUs, 'it', () => undefined);
    for (const delayUs of [0.5, 137_123.0000000001, -1, Infinity, NaN]) {
      expect(() => schedule(delayUs)).toThrow(/^expected whole microseconds until it, got /);
    }
    expect(() => schedule(0)).not.toThrow();
  });

  it('is unchanged up to a reroll, and different from there on', async () => {
    const work = async () => {
      const drawn = [];
      for (let round = 0; round < 20; round++) {
        await sleep(10);
        drawn.push(Math.random());
      }
      return drawn;
    };
    const drawnWith = async (rerolls: EngineOptions['rerolls']) => {
      const { end } = await simulate(work, { rerolls });
      if (end.kind !== 'completed') throw new Error(`expected an end, got ${end.kind}`);
      return end.value;
    };
    const plain = await drawnWith([]);
    const once = await drawnWith([{ afterEvents: 8, seed: 1 }]);
    const twice = await drawnWith([
      { afterEvents: 8, seed: 1 },
      { afterEvents: 15, seed: 1 },
    ]);
    const parting = (left: readonly number[], right: readonly number[]) =>
      left.findIndex((value, index) => value !== right[index]);
    expect(parting(plain, once)).toBeGreaterThan(4);
    expect(parting(once, twice)).toBe(parting(plain, once) + 7);
    expect(await drawnWith([{ afterEvents: 8, seed: 1 }])).toEqual(once);
    expect(await drawnWith([{ afterEvents: 8, seed: 2 }])).not.toEqual(once);
  });

  it('ends with the error when main throws', async () => {
    const error = new Error('broken');
    const { end } = await simulate(() => Promise.reject(error));
    expect(end).toEqual({ kind: 'failed', error });
  });

  it('ends stuck when nothing is left to happen', async () => {
    const { end } = await simulate(() => new Promise(() => undefined));
    expect(end).toEqual({ kind: 'stuck', reason: 'deadlock' });
  });

  it('ends stuck when the event budget is used up', async () => {
    const { end } = await simulate(async () => {
      for (;;) await new Promise((resolve) => setImmediate(resolve));
    });
    expect(end).toEqual({ kind: 'stuck', reason: 'events' });
  });

  it('ends stuck when the virtual-time budget is used up', async () => {
    const { end } = await simulate(() => new Promise(() => setInterval(() => undefined, 1000)));
    expect(end).toEqual({ kind: 'stuck', reason: 'virtual time' });
  });

  it('reports once that it is stuck, and continues if that helped', async () => {
    let release = (): void => undefined;
    const reasons: string[] = [];
    const { end } = await simulate(
      async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        await sleep(10);
        return 'released';
      },
      {
        onStuck(reason) {
          reasons.push(reason);
          release();
        },
      },
    );
    expect(end).toEqual({ kind: 'completed', value: 'released' });
    expect(reasons).toEqual(['deadlock']);
  });

  it('stops between two events when its signal is aborted', async () => {
    const controller = new AbortController();
    const { end } = await simulate(
      async () => {
        await sleep(10);
        controller.abort();
        await sleep(10);
      },
      { signal: controller.signal },
    );
    expect(end).toEqual({ kind: 'aborted' });
  });

  it.each([
    ['rejects a promise nobody handles', () => void Promise.reject(new Error('stray'))],
    [
      'throws in a timer',
      () =>
        void setTimeout(() => {
          throw new Error('stray');
        }, 1),
    ],
    [
      'throws in process.nextTick',
      () =>
        process.nextTick(() => {
          throw new Error('stray');
        }),
    ],
    [
      'throws in a microtask',
      () =>
        queueMicrotask(() => {
          throw new Error('stray');
        }),
    ],
    [
      'emits an error nobody listens to',
      () => void setTimeout(() => new EventEmitter().emit('error', new Error('stray')), 1),
    ],
  ])('keeps the error of a node that %s, and runs on', async (_, stray) => {
    const { engine, end } = await simulate(async (running) => {
      const other = running.node('n7');
      running.schedule(other.immediateLane, 0, 'stray', stray, other);
      await sleep(10);
      return 'done';
    });
    expect(end).toEqual({ kind: 'completed', value: 'done' });
    expect(engine.nodeErrors.map(({ node, error }) => [node, (error as Error).message])).toEqual([
      ['n7', 'stray'],
    ]);
  });

  it('keeps an error of the node that threw, even if another node set it in motion', async () => {
    const { engine } = await simulate(async (running) => {
      let open = (): void => undefined;
      const gate = new Promise<void>((resolve) => (open = resolve));
      const [waits, opens] = [running.node('waits'), running.node('opens')];
      const wait = async (): Promise<void> => {
        await gate;
        throw new Error('stray');
      };
      running.schedule(waits.immediateLane, 0, 'waits', () => void wait(), waits);
      running.schedule(opens.immediateLane, 5, 'opens', () => open(), opens);
      await sleep(10);
    });
    expect(engine.nodeErrors.map(({ node }) => node)).toEqual(['waits']);
  });

  it('starts no code of a killed node', async () => {
    let fired = false;
    await simulate(async (engine) => {
      const other = engine.node('n1');
      other.run(() => setTimeout(() => (fired = true), 5));
      other.kill();
      await sleep(10);
    });
    expect(fired).toBe(false);
  });

  it('keeps two runs in one process apart', async () => {
    const work = async () => {
      const draws = [];
      for (let round = 0; round < 50; round++) {
        await sleep(1);
        draws.push(Math.random(), Date.now());
      }
      return draws;
    };
    const alone = await simulate(work, { seed: 'a' });
    const [together] = await Promise.all([simulate(work, { seed: 'a' }), simulate(work, { seed: 'b' })]);
    expect(together.end).toEqual(alone.end);
    expect(together.engine.trace.digest()).toBe(alone.engine.trace.digest());
  });
});
