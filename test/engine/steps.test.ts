import { describe, expect, it } from 'vitest';
import { Engine } from '../../sim/engine/engine.js';
import { StepComparer, StepRecorder, type StepObserver } from '../../sim/engine/steps.js';

/** A run that draws, waits and draws; the second number decides what it does in the middle. */
async function run(observe: StepObserver, waitMs: number): Promise<string> {
  const engine = new Engine({
    seed: 'steps',
    budget: { maxEvents: 1000, maxVirtualTimeMs: 60_000 },
    observe,
  });
  await engine.run(engine.node('n1'), async () => {
    Math.random();
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    Math.random();
  });
  return engine.trace.digest();
}

describe('the steps of a run', () => {
  it('are its draws and its events, in their order', async () => {
    const recorder = new StepRecorder();
    await run(recorder.observe, 5);
    expect(recorder.steps.map(({ text }) => text.replace(/0\.\d+$/, 'x'))).toEqual([
      'draw n1/ambient x',
      'event 5000 us n1/timer',
      'draw n1/ambient x',
    ]);
  });

  it('change nothing in it when they are observed', async () => {
    const recorder = new StepRecorder();
    expect(await run(recorder.observe, 5)).toBe(await run(() => undefined, 5));
  });

  it('are the same in a second run', async () => {
    const recorder = new StepRecorder();
    await run(recorder.observe, 5);
    const comparer = new StepComparer(recorder.steps);
    await run(comparer.observe, 5);
    expect(comparer.difference).toBeUndefined();
  });

  it('show where a second run parts, with the code that made either step', async () => {
    const recorder = new StepRecorder();
    await run(recorder.observe, 5);
    const comparer = new StepComparer(recorder.steps);
    await run(comparer.observe, 6);
    const { difference } = comparer;
    expect(difference).toMatchObject({
      index: 1,
      first: { text: 'event 5000 us n1/timer' },
      second: { text: 'event 6000 us n1/timer' },
    });
    expect(difference?.second?.stack.stack).toContain('engine.ts');
  });

  it('show where a second run ends too early', () => {
    const recorder = new StepRecorder();
    recorder.observe('a');
    recorder.observe('b');
    const comparer = new StepComparer(recorder.steps);
    comparer.observe('a');
    expect(comparer.difference).toMatchObject({ index: 1, first: { text: 'b' }, second: undefined });
  });
});
