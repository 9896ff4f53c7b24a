/** What a node does to the listeners and the exit code of its process stays in the run. */
import { type EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';
import type { VirtualNode } from '../../sim/engine/node.js';

const BUDGET = { maxEvents: 10_000, maxVirtualTimeMs: 600_000 };
const EVENTS = ['SIGINT', 'exit', 'uncaughtException', 'unhandledRejection', 'warning'] as const;
const nothing = (): void => undefined;

const exitCode = process.exitCode;
afterEach(() => void (process.exitCode = exitCode));

/** Runs code as a node; returns the engine, whose node errors tell what went wrong. */
async function simulate(main: (node: VirtualNode) => Promise<unknown>): Promise<Engine> {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const node = engine.node('n1');
  const end = await engine.run(node, () => main(node));
  expect(end.kind).toBe('completed');
  return engine;
}

function counts(): number[] {
  return [process, process.stdout, process.stderr].flatMap((target: EventEmitter) =>
    [...EVENTS, 'error'].map((event) => target.listenerCount(event)),
  );
}

it('a node adds no listener to the real process, in any way', async () => {
  const before = counts();
  await simulate(async () => {
    for (const event of EVENTS) {
      process.on(event as 'exit', nothing);
      process.addListener(event as 'exit', nothing);
      process.once(event as 'exit', nothing);
      process.prependListener(event as 'exit', nothing);
      process.prependOnceListener(event as 'exit', nothing);
      expect(process.listenerCount(event)).toBe(5);
    }
    process.stdout.on('error', nothing);
    process.stderr.on('error', nothing);
    void once(process, 'SIGINT');
    await sleep(5);
  });
  expect(counts()).toEqual(before);
});

it('a node takes no listener from the real process', async () => {
  const heard: unknown[] = [];
  const listener = () => void heard.push('outside');
  process.on('SIGHUP', listener);
  try {
    await simulate(async () => {
      process.removeAllListeners();
      for (const event of EVENTS) process.removeAllListeners(event);
      process.off('SIGHUP', listener);
      process.emit('SIGHUP');
      await sleep(5);
    });
    expect(heard).toEqual([]);
    process.emit('SIGHUP');
    expect(heard).toEqual(['outside']);
  } finally {
    process.off('SIGHUP', listener);
  }
});

it('each process of a node has listeners of its own', async () => {
  const heard: string[] = [];
  await simulate((node) => {
    const later = node.successor();
    process.on('SIGTERM', () => heard.push('first'));
    later.run(() => {
      expect(process.eventNames()).toEqual([]);
      expect(process.on('SIGTERM', () => heard.push('second'))).toBe(process);
      expect(process.emit('SIGTERM')).toBe(true);
    });
    expect(process.emit('SIGTERM')).toBe(true);
    process.removeAllListeners('SIGTERM');
    expect(process.emit('SIGTERM')).toBe(false);
    later.run(() => expect(process.listenerCount('SIGTERM')).toBe(1));
    return Promise.resolve();
  });
  expect(heard).toEqual(['second', 'first']);
});

it.each(['a handler of its own', 'no handler at all'])(
  'what a node with %s does not catch is an error of the node',
  async (handler) => {
    const engine = await simulate(async () => {
      for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
        process.removeAllListeners(event);
        if (handler === 'a handler of its own') process.on(event as 'uncaughtException', nothing);
      }
      void Promise.reject(new Error('rejected'));
      setTimeout(() => {
        throw new Error('thrown in a timer');
      }, 1);
      process.nextTick(() => {
        throw new Error('thrown in a tick');
      });
      await sleep(10);
    });
    const messages = engine.nodeErrors.map(({ node, error }) => `${node} ${(error as Error).message}`);
    expect(messages.sort()).toEqual(['n1 rejected', 'n1 thrown in a tick', 'n1 thrown in a timer']);
  },
);

it('a node hears its own warnings', async () => {
  const heard: string[] = [];
  await simulate(async () => {
    process.on('warning', ({ message }) => heard.push(message));
    process.emitWarning('careful');
    await sleep(5);
  });
  expect(heard).toEqual(['careful']);
});

it('outside the nodes, listeners are those of the process during a run', async () => {
  const heard: string[] = [];
  const listener = () => void heard.push('heard');
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const running = engine.run(engine.node('n1'), () => sleep(1000));
  process.on('SIGHUP', listener);
  process.emit('SIGHUP');
  await running;
  process.emit('SIGHUP');
  process.off('SIGHUP', listener);
  process.emit('SIGHUP');
  expect(heard).toEqual(['heard', 'heard']);
});

it('the exit code of a node does not become that of the process', async () => {
  process.exitCode = 7;
  await simulate(async () => {
    process.exitCode = 3;
    await sleep(5);
    process.exitCode = 4;
  });
  expect(process.exitCode).toBe(7);
  await simulate(() => {
    process.exitCode = 3;
    return Promise.resolve();
  });
  expect(process.exitCode).toBe(7);
});

it('an exit code assigned outside the nodes during a run stays', async () => {
  const engine = new Engine({ seed: 'test', budget: BUDGET });
  const running = engine.run(engine.node('n1'), async () => {
    for (let index = 0; index < 1000; index++) {
      process.exitCode = 3;
      await sleep(5);
    }
  });
  await new Promise((resolve) => setTimeout(resolve, 1));
  process.exitCode = 7;
  await running;
  expect(process.exitCode).toBe(7);
});
